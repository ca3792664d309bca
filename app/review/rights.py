"""Which right of a role each action asks for; whether it is one's turn the workflow says."""

from flask import current_app
from flask_babel import gettext as _

from app.core.errors import Forbidden
from app.review.workflow import Action

RIGHTS = {
    Action.SUBMIT: ("can_submit", "Filing"),
    Action.WITHDRAW: ("can_submit", "Filing"),
    Action.APPROVE: ("can_decide", "Review"),
    Action.RETURN: ("can_decide", "Review"),
    Action.CLOSE: ("can_decide", "Review"),
    Action.RECALL: ("can_decide", "Review"),
    Action.UNDO: ("can_decide", "Review"),
    Action.ROLLBACK: ("can_rollback", "Review"),
}


def has_right(action: Action) -> bool:
    """Whether the role of whoever asks allows *action* at all."""
    allowed: bool = current_app.appbuilder.sm.has_access(*RIGHTS[action])  # type: ignore[attr-defined]
    return allowed


def require_right(action: Action) -> None:
    if not has_right(action):
        raise Forbidden(_("Your role does not allow this step."))
