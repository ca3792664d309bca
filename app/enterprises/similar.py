"""Whether a name resembles one that is registered: a warning for people, never a refusal."""

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.db import db
from app.core.errors import Invalid, Problem
from app.enterprises.models import Enterprise
from app.enterprises.names import name_key
from app.regions.queries import county_name

AT_ONCE = 500  # keys in one statement; SQLite and PostgreSQL both take many more


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A registered enterprise whose name has the same key."""

    enterprise_id: int
    number: str
    name: str
    place: str

    def __str__(self) -> str:
        return f"{self.number} {self.name} ({county_name(self.place)})"


def resembling(names: Collection[str], *, but: int | None = None) -> dict[str, list[Resemblance]]:
    """By key of name: the enterprises in sight that *names* resemble, without the one *but*."""
    keys = sorted({name_key(name) for name in names})
    found: dict[str, list[Resemblance]] = {}
    for start in range(0, len(keys), AT_ONCE):
        query = (
            select(
                Enterprise.name_key,
                Enterprise.id,
                Enterprise.registry_number,
                Enterprise.name,
                Enterprise.place,
            )
            .where(Enterprise.name_key.in_(keys[start : start + AT_ONCE]))
            .order_by(Enterprise.id)
        )
        with db.session.no_autoflush:
            for key, pk, number, name, place in db.session.execute(query):
                if pk != but:
                    found.setdefault(str(key), []).append(Resemblance(pk, number, name, place))
    return found


def must_be_another(name: str, *, confirmed: bool, but: int | None = None) -> None:
    """Refuse a name that resembles another one until somebody has compared the two."""
    if confirmed:
        return
    alike = resembling([name], but=but).get(name_key(name), [])
    if alike:
        text = _(
            "The name resembles %(names)s. If this is another enterprise, say so here.",
            names="; ".join(map(str, alike[:5])),
        )
        raise Invalid(_("Is this enterprise registered already?"), [Problem("another", text)])
