"""What the registry's forms share."""

from flask_wtf import FlaskForm
from wtforms import HiddenField


def stripped(text: str | None) -> str:
    return " ".join((text or "").split())


class ShownForm(FlaskForm):
    """Knows which version it was filled from."""

    version = HiddenField()

    @property
    def shown(self) -> int | None:
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
