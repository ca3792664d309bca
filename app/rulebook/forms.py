"""The forms of a rule: its wording, and when a draft begins."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from app.checks.rules import Addressee, Severity
from app.core.canonical import plain_decimal
from app.core.errors import Invalid, Problem
from app.core.period import Quarter
from app.filings.alarms.schema import SCHEMA
from app.filings.rules.models import RuleVersion
from app.filings.rules.operations import kept
from app.rulebook.listing import sheet_choices

SPLIT = re.compile(r"[,，、;；\s]+")
CODE_FIELD = {"spellcheck": "false", "autocomplete": "off", "autocapitalize": "none"}


def _stripped(text: str | None) -> str:
    """PostgreSQL takes no NUL in a text; browsers send line ends of two characters."""
    return (text or "").replace("\0", "�").replace("\r\n", "\n").strip()


def text(title: object, most: int, description: object = "", **shown: Any) -> StringField:
    shown = {"maxlength": most, **shown}
    return StringField(title, filters=[_stripped], description=description, render_kw=shown)


def area(title: object, most: int, rows: int, description: object = "") -> TextAreaField:
    shown = {"maxlength": most, "rows": rows}
    return TextAreaField(title, filters=[_stripped], description=description, render_kw=shown)


class RuleForm(FlaskForm):
    """What a version says; `shown` is the mark of the version that it began with."""

    code = text(_l("Code"), 8, _l("A letter for the family and a number, like C-31."))
    expression = TextAreaField(
        _l("What must hold"),
        filters=[_stripped],
        render_kw={"rows": 6, **CODE_FIELD},
    )
    tolerance = text(
        _l("Tolerance"),
        24,
        _l("The number that the word tolerance stands for; a share where shares are compared."),
        inputmode="decimal",
        autocomplete="off",
    )
    tolerance_unit = text(_l("Unit of the tolerance"), 16)
    severity = SelectField(
        _l("Severity"),
        choices=lambda: [(one.value, str(one.label)) for one in Severity],
        description=_l("An error must be corrected before submission, a warning explained."),
    )
    addressee = SelectField(
        _l("Who acts"), choices=lambda: [(one.value, str(one.label)) for one in Addressee]
    )
    sheets = SelectMultipleField(
        _l("Sheets that it is shown on"), choices=sheet_choices, validate_choice=False
    )
    fourth_quarter_only = BooleanField(_l("Only in the fourth quarter"))
    industries = text(
        _l("Industries"), 200, _l("The first digits of their codes, like 25, 4412; empty: all.")
    )
    message_zh = area(_l("Message in Chinese"), 300, 2)
    message_en = area(_l("Message in English"), 300, 2)
    about_zh = area(_l("Plain words in Chinese"), 500, 2)
    about_en = area(_l("Plain words in English"), 500, 2)
    actual = text(_l("Shown as the actual value"), 400, **CODE_FIELD)
    expected = text(_l("Shown as the expected value"), 400, **CODE_FIELD)
    deviation = text(_l("Shown as the deviation"), 400, **CODE_FIELD)
    source = text(_l("Law, standard or decision"), 200)
    note = area(_l("Remark on the rule"), 500, 2)
    reason = area(_l("Reason of the change"), 500, 2)
    shown = HiddenField()

    def offer(self, version: RuleVersion | None) -> "RuleForm":
        """Let the sheets of *version* be chosen that nobody fills in either."""
        named = version.sheets.split(",") if version is not None else ()
        more = [(one, one) for one in named if one not in SCHEMA.sheets]
        self.sheets.choices = [*sheet_choices(), *more]
        return self

    @classmethod
    def of(cls, version: RuleVersion | None) -> "RuleForm":
        """The form as it opens: with what *version* says, or empty."""
        if version is None:
            return cls(formdata=None)
        said = kept(version)
        said["tolerance"] = "" if version.tolerance is None else plain_decimal(version.tolerance)
        said["sheets"] = version.sheets.split(",")
        told = {"code": version.code, "reason": _own_reason(version)}
        return cls(formdata=None, data={**said, **told})

    def values(self) -> dict[str, Any]:
        """What was typed as the operations want it; `Invalid` names what is no number."""
        asked = set(self.sheets.data or ())
        others = asked - SCHEMA.sheets.keys()
        told = {
            name: self[name].data
            for name in (
                "expression tolerance_unit actual expected deviation message_zh message_en "
                "about_zh about_en source note"
            ).split()
        }
        return {
            **told,
            "severity": _member(Severity, self.severity.data),
            "addressee": _member(Addressee, self.addressee.data),
            "sheets": ",".join([one for one in SCHEMA.sheets if one in asked] + sorted(others)),
            "fourth_quarter_only": bool(self.fourth_quarter_only.data),
            "industries": ",".join(filter(None, SPLIT.split(self.industries.data))),
            "tolerance": decimal(self.tolerance.data),
        }


def _own_reason(version: RuleVersion) -> str:
    return version.reason if version.activated_at is None else ""


def _member(kind: Any, value: object) -> Any:
    """The member of *kind*, or what was sent instead, which is then refused at its input."""
    return next((one for one in kind if one == value), value)


def decimal(typed: str) -> Decimal | None:
    """The number that was typed; `Invalid` for what is none."""
    plain = typed.replace(",", "").replace(" ", "")
    if not plain:
        return None
    try:
        found = Decimal(plain) if plain.isascii() and len(plain) <= 24 else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        wrong = _("“%(text)s” is no number.", text=typed[:24])
        raise Invalid(_("Please correct:"), [Problem("tolerance", wrong)])
    return found


class BeginForm(FlaskForm):
    """When a version begins, and why."""

    from_quarter = SelectField(_l("In force from quarter"), validate_choice=False)
    reason = area(_l("Reason of the change"), 500, 3)
    without_trial = BooleanField(_l("Activate without a back-test"))
    why_without = area(_l("Why there is no back-test"), 500, 2)
    shown = HiddenField()

    def offer(self, quarters: list[Quarter], first: Quarter) -> None:
        self.from_quarter.choices = [(str(one), str(one)) for one in quarters]
        if not self.from_quarter.data:
            self.from_quarter.data = str(first)

    @property
    def number(self) -> int:
        """The version that the form showed; -1 for what is none."""
        typed = str(self.shown.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def sent(values: Mapping[str, str], name: str) -> str:
    """A text of the address or the form, without what no database takes."""
    return values.get(name, "").replace("\0", "").strip()
