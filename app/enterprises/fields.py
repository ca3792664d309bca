"""The input by which somebody says that a name which resembles another is another's."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField


class AnotherField(BooleanField):
    """Shown only when it is asked for: the template leaves out what is `quiet` and not refused."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(_l("I have compared them: this is another enterprise."), **arguments)
        self.type = "BooleanField"  # drawn as one
        self.flags.quiet = True

    def populate_obj(self, obj: Any, name: str) -> None:
        """It says something of the form, nothing of the enterprise."""
