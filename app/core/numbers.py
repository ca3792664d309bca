"""Numbers as people write them."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

LONGEST = 40
BY_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def typed_number(text: str) -> Decimal | None:
    """The finite number that *text* writes; None where it writes none.

    Full-width digits and spaces are forgiven, and commas between thousands.  Anywhere else a
    comma may be meant as a decimal point, and nobody guesses.
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if BY_THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if len(plain) > LONGEST or "_" in plain:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
