"""What goes along when an enterprise moves: its documents are its own, wherever it lies."""

from app.enterprises.moves import FOLLOWERS
from app.inspection.models import (
    InspectionAnswer,
    InspectionFile,
    InspectionRemark,
    InspectionReminder,
)


def follow_enterprises() -> None:
    """Let moves take the files, the answers, the remarks and the reminders along.

    What was handed in once counts at the new place as well, and nobody asks or reminds twice.
    """
    FOLLOWERS[InspectionFile] = lambda pk: InspectionFile.enterprise_id == pk
    FOLLOWERS[InspectionAnswer] = lambda pk: InspectionAnswer.enterprise_id == pk
    FOLLOWERS[InspectionRemark] = lambda pk: InspectionRemark.enterprise_id == pk
    FOLLOWERS[InspectionReminder] = lambda pk: InspectionReminder.enterprise_id == pk
