"""What became of reminding many at once, in enterprises, and how it is told."""

from dataclasses import dataclass

from flask_babel import gettext as _


@dataclass(slots=True)
class Reminded:
    """How many were told; *people* is how many persons.  The rest was skipped, and why."""

    told: int = 0
    people: int = 0
    today: int = 0
    stopped: int = 0
    no_account: int = 0

    def __str__(self) -> str:
        parts = [
            _("%(n)s enterprises reminded, %(people)s people", n=self.told, people=self.people)
        ]
        for count, why in (
            (self.today, _("%(n)s already reminded today", n=self.today)),
            (self.stopped, _("%(n)s stopped", n=self.stopped)),
            (self.no_account, _("%(n)s without an account", n=self.no_account)),
        ):
            if count:
                parts.append(why)
        return "; ".join(parts)
