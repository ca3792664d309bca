"""Tumen: supervision of industrial energy conservation, tier by tier."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(**overrides: Any) -> "Flask":
    """The application; issues no SQL. *overrides* are settings, for tests and commands.

    Only who makes one waits for all that it imports: the settings are read, and refused, before.
    """
    from app.factory import made  # noqa: PLC0415

    return made(**overrides)
