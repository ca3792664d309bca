"""Enumerations that are stored by value and shown by label."""

from enum import StrEnum
from typing import Self

from flask_babel.speaklater import LazyString

from app.core.errors import NotFound


class Labelled(StrEnum):
    """``NAME = "value", _l("Label")``; a subclass may hang more on its members."""

    label: LazyString

    def __new__(cls, value: str, *_: object) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        return member

    def __init__(self, _value: str, label: LazyString) -> None:
        self.label = label

    @classmethod
    def named(cls, value: str) -> Self:
        """The member stored as *value*, which came from a web address and may be anything."""
        for member in cls:
            if member == value:
                return member
        raise NotFound(value)
