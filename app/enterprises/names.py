"""The key of a name: two names that people would take for the same have the same one."""

import re
import unicodedata

PROVINCE = re.compile("内蒙古自治区|内蒙古|^内蒙")
LEGAL_FORM = re.compile("(股份|集团)*有限(责任)?公司$|股份公司$|集团公司$|公司$")


def name_key(name: str) -> str:
    """*name* half-width, in small letters, without signs, province and legal form.

    ``内蒙古 晨曦化工（集团）有限责任公司`` and ``晨曦化工(集团)有限公司`` have the same key.
    """
    plain = unicodedata.normalize("NFKC", name).lower()
    plain = "".join(sign for sign in plain if sign.isalnum())
    return (LEGAL_FORM.sub("", PROVINCE.sub("", plain)) or plain)[:120]
