"""Roles by rights as one table: what is held, what is wanted, and what differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from flask_babel import gettext as _

from app.accounts.roles import Right
from app.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that differs: *role* is given *right*, or it is taken from it."""

    role: str
    right: Right
    given: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """Which role holds which of *rights*; of others it says nothing."""

    rights: tuple[Right, ...]
    held: Mapping[str, frozenset[Right]]  # by the key of the role

    def part(self, asked: "Matrix") -> "Matrix":
        """As much of this as *asked* speaks of; `Invalid` if that names what is not here."""
        if asked.held.keys() - self.held.keys():
            raise Invalid(_("There is no such role."))
        if not self.rights_set >= asked.rights_set:
            raise Invalid(_("There is no such right."))
        shown = asked.rights_set
        return Matrix(asked.rights, {role: self.held[role] & shown for role in asked.held})

    def changes_to(self, wanted: "Matrix") -> tuple[Change, ...]:
        """The cells in which *wanted*, which speaks of the same, differs; line by line."""
        return tuple(
            Change(role, right, right in wanted.held[role])
            for right in self.rights
            for role in self.held
            if (right in self.held[role]) != (right in wanted.held[role])
        )

    def after(self, changes: Iterable[Change]) -> "Matrix":
        """The same with *changes* made, as far as it speaks of them."""
        held = {role: set(rights) for role, rights in self.held.items()}
        for one in changes:
            if one.role in held and one.right in self.rights_set:
                (held[one.role].add if one.given else held[one.role].discard)(one.right)
        return Matrix(self.rights, {role: frozenset(rights) for role, rights in held.items()})

    @property
    def rights_set(self) -> frozenset[Right]:
        return frozenset(self.rights)

    # A form carries what it showed as two short texts, and so notices what changed meanwhile.

    @property
    def names(self) -> str:
        """The rights in order: ``can_list Enterprise,can_show Enterprise``."""
        return ",".join(" ".join(right) for right in self.rights)

    @property
    def marks(self) -> str:
        """The roles in order, each with a 1 for what it holds: ``observer 110,staff 100``."""
        return ",".join(
            f"{role} {''.join('01'[right in held] for right in self.rights)}"
            for role, held in self.held.items()
        )

    @classmethod
    def read(cls, names: str, marks: str) -> Self:
        """What `names` and `marks` have written; `Invalid` for anything else."""
        rights = tuple(_pair(text) for text in names.split(","))
        held = {}
        for role, bits in map(_pair, marks.split(",")):
            if role in held or len(bits) != len(rights) or set(bits) - {"0", "1"}:
                raise garbled()
            held[role] = frozenset(
                right for right, bit in zip(rights, bits, strict=True) if bit == "1"
            )
        if len(set(rights)) != len(rights):
            raise garbled()
        return cls(rights, held)

    def ticked(self, cells: Iterable[str]) -> "Matrix":
        """The same rights and roles, held where a cell ``right.role`` (their places) is ticked."""
        held: dict[str, set[Right]] = {role: set() for role in self.held}
        roles = list(held)
        for cell in cells:
            right, role = (_number(text) for text in _pair(cell, "."))
            if role >= len(roles):
                raise Invalid(_("There is no such role."))
            if right >= len(self.rights):
                raise Invalid(_("There is no such right."))
            held[roles[role]].add(self.rights[right])
        return Matrix(self.rights, {role: frozenset(rights) for role, rights in held.items()})


def garbled() -> Invalid:
    return Invalid(_("The request is not complete; go back, reload the page and try again."))


def _pair(text: str, between: str = " ") -> tuple[str, str]:
    first, found, second = text.partition(between)
    if not (first and found and second):
        raise garbled()
    return first, second


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise garbled()
    return int(text)
