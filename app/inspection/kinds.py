"""The words of supervision documents: how often, whether, in which state."""

from flask_babel import lazy_gettext as _l

from app.core.enums import Labelled


class Frequency(Labelled):
    """How often a document is asked for; see `app.inspection.periods` for the days."""

    ONCE = "once_update_january", _l("Once; what has changed each January")
    FIVE_YEAR = "five_year_update_january", _l("Every five years; what has changed each January")
    JANUARY_CURRENT = "annual_january_current_year", _l("Each January, for the year that begins")
    JANUARY_PREVIOUS = "annual_january_previous_year", _l("Each January, for the year before")
    QUARTERLY = "quarterly", _l("With the filing of each quarter")
    ANNUAL = "annual", _l("Once a year")
    ANNUAL_IF_OBSOLETE = (
        "annual_if_obsolete_equipment",
        _l("Once a year, while there is obsolete equipment"),
    )


class Necessity(Labelled):
    """是否必须: of all, or of those that have something."""

    REQUIRED = "required", _l("Required of all")
    IF_EXISTS = "optional_if_exists", _l("If there is one")
    REQUIRED_IF_EXISTS = "required_if_exists", _l("Required if there is one")


class Question(Labelled):
    """What an enterprise is asked once, to know whether a document is asked of it."""

    OBSOLETE_EQUIPMENT = "obsolete_equipment", _l("Does it have obsolete equipment to phase out?")
    METERING_RULES = "metering_rules", _l("Does it have further rules for metering instruments?")
    CERTIFIED_SYSTEM = "certified_system", _l("Is its energy management system certified?")
    UNCERTIFIED_SYSTEM = (
        "uncertified_system",
        _l("Does it run an energy management system without a certificate?"),
    )


class Template(Labelled):
    """The forms and examples at the end of the manual."""

    ANNEX1 = "annex1", _l("Annex 1: record of the person responsible for energy")
    ANNEX2 = "annex2", _l("Annex 2: record of energy posts")
    ANNEX3 = "annex3", _l("Annex 3: example of an organisation chart")
    ANNEX4 = "annex4", _l("Annex 4: example of a metering network")


class DutyState(Labelled):
    """How it stands with one document of one enterprise in one year."""

    UPLOADED = "uploaded", _l("Uploaded")
    MISSING = "missing", _l("Not uploaded by the enterprise")
    EXPIRED = "expired", _l("Expired")
    UNANSWERED = "unanswered", _l("To be answered whether it applies")
    DUE = "due", _l("Not due yet")
    NOT_APPLICABLE = "not_applicable", _l("Not applicable")
    NOT_ASKED = "not_asked", _l("Not asked for")


# what somebody has to do something about
WANTING = (DutyState.MISSING, DutyState.EXPIRED, DutyState.UNANSWERED)


class FileState(Labelled):
    """Of one file: question 28 of the review flow."""

    CURRENT = "current", _l("Current")
    EXPIRED = "expired", _l("Expired")
    SUPERSEDED = "superseded", _l("Superseded")
