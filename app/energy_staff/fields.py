"""The fields of annex 1 (负责人表) and annex 2 (节能专工表), in the order of the printed forms.

One definition gives the page, the checks, the print and the mask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.core.enums import Labelled
from app.enterprises.unit_types import UnitType


class Gender(Labelled):
    MALE = "male", _l("Male")
    FEMALE = "female", _l("Female")


class Kind(StrEnum):
    TEXT = "text"
    LONG = "long"
    CHOICE = "choice"
    DATE = "date"
    PHONE = "phone"
    MAIL = "mail"
    POSTCODE = "postcode"
    BIRTH_YEAR = "birth_year"  # the age is derived from it
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: LazyString
    length: int
    kind: Kind = Kind.TEXT
    required: bool = True
    choices: type[Labelled] | None = None
    registry: str = ""  # the column of the registry that says it; not typed then
    suggested: str = ""  # the column of the registry that a first form begins with
    wide: bool = False  # a line of its own on paper

    @property
    def is_private(self) -> bool:
        """Phones, age and e-mail of persons."""
        return self.kind in PRIVATE


PRIVATE = frozenset({Kind.PHONE, Kind.MAIL, Kind.BIRTH_YEAR})
MOST_STAFF = 30


class Annex(Labelled):
    """The two forms; a member knows its fields."""

    HEADS = "heads", _l("Annex 1: energy managers and energy posts")
    PERSON = "person", _l("Annex 2: energy management person")

    @property
    def fields(self) -> Sequence[Field]:
        return FIELDS[self]


# fmt: off
STAFF: Sequence[Field] = (  # the rows of annex 1
    Field("name", _l("Name of the person"), 50),
    Field("position", _l("Post appointed to"), 80),
    Field("professional_title", _l("Skill or professional title"), 80, required=False),
    Field("years_in_position", _l("Years in this post"), 4, Kind.YEARS),
    Field("training", _l("Training in energy conservation"), 200),
    Field("phone", _l("Telephone"), 30, Kind.PHONE),
)
FIELDS: Mapping[Annex, Sequence[Field]] = {
    Annex.HEADS: (
        Field("enterprise_name", _l("Name of the unit"), 120, registry="name"),
        Field("unit_nature", _l("Nature of the unit"), 20, Kind.CHOICE, choices=UnitType),
        Field("legal_person_code", _l("Code of the legal person"), 18, registry="credit_code"),
        Field("legal_representative", _l("Name of the legal representative"), 50),
        Field("legal_phone", _l("Telephone (legal representative)"), 30, Kind.PHONE),
        Field("energy_leader_name", _l("Name of the leader in charge of energy conservation"), 50),
        Field("energy_leader_phone", _l("Telephone (leader in charge)"), 30, Kind.PHONE),
        Field("address", _l("Address of the unit"), 200, suggested="address", wide=True),
        Field("energy_department", _l("Department in charge of energy management"), 100, wide=True),
        Field("department_head_name", _l("Name of the department head"), 50),
        Field("department_head_phone", _l("Telephone of the department head"), 30, Kind.PHONE),
        Field("prepared_by", _l("Filled in by"), 50),
        Field("prepared_on", _l("Filled in on"), 10, Kind.DATE),
    ),
    Annex.PERSON: (
        Field("enterprise_name", _l("Name of the enterprise"), 120, registry="name"),
        Field("postcode", _l("Postal code"), 6, Kind.POSTCODE, required=False),
        Field("mail_address", _l("Mailing address"), 200, suggested="address", wide=True),
        Field("name", _l("Name of the person"), 50),
        Field("professional_title", _l("Professional title"), 80),
        Field("gender", _l("Gender"), 10, Kind.CHOICE, choices=Gender),
        Field("birth_year", _l("Year of birth"), 4, Kind.BIRTH_YEAR),
        Field("position", _l("Name of the energy management post"), 80),
        Field("major", _l("Field of study"), 80),
        Field("office_phone", _l("Office telephone"), 30, Kind.PHONE, required=False),
        Field("mobile", _l("Mobile telephone"), 20, Kind.PHONE),
        Field("fax", _l("Fax"), 30, Kind.PHONE, required=False),
        Field("email", _l("E-mail"), 100, Kind.MAIL, required=False),
        Field("supervisor_name", _l("Name of the leader above"), 50),
        Field("supervisor_phone", _l("Telephone of the leader above"), 30, Kind.PHONE),
        Field("duties", _l("Duties of the energy management post"), 2000, Kind.LONG, wide=True),
        Field("head_opinion", _l("Opinion of the enterprise head"), 500, Kind.LONG, wide=True),
    ),
}
# fmt: on
