"""A person is FAB's user, told where it stands.

The columns are added to FAB's own class: a subclass on the same table would give two
Python objects for one row, and ``role.user`` would hold those that know no place.
"""

import hashlib
from datetime import date

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, Boolean, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.audit.actor import Actor
from app.core.clock import today
from app.core.db import Model, UtcDateTime, choice
from app.core.enums import Labelled
from app.regions.scope import NOWHERE, RegionScope

# None, not "", is the default: a forgotten place must show nothing, not all.
User.place = mapped_column(
    String(64).with_variant(String(64, collation="C"), "postgresql"), index=True
)
User.must_change_password = mapped_column(
    Boolean, nullable=False, default=False, server_default=false()
)
User.password_changed_at = mapped_column(UtcDateTime)
# what somebody else issued; the first password of one's own must be another
User.initial_password_hash = mapped_column(String(256))
# see `app.core.preferences`; replaced as a whole, never changed in place
User.preferences = mapped_column(JSON)


class WhyAdded(Labelled):
    FORMER = "former", _l("Former place of an enterprise that moved")
    DEPUTY = "deputy", _l("Deputy of an absent colleague")


class AddedPlace(Model):
    """A further place at which a person stands, for a time.

    Public, because it is read to find out what a person may see.
    """

    __tablename__ = "added_place"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    place: Mapped[str] = mapped_column(String(64))
    reason: Mapped[WhyAdded] = mapped_column(choice(WhyAdded))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    def in_force(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)

    def __repr__(self) -> str:
        return f"{self.reason} {self.place}"


User.added_places = relationship(AddedPlace, order_by=AddedPlace.id)


def scope_of_person(person: User, on: date | None = None) -> RegionScope:
    """The places a person stands at on a day, today if none is given."""
    if person.place is None:
        return NOWHERE
    day = on or today()
    added = (further.place for further in person.added_places if further.in_force(day))
    return RegionScope.of(person.place, *added)


def actor_of(person: User) -> Actor:
    return Actor(person.id, person.get_full_name(), scope_of_person(person))


def session_key(person: User) -> str:
    """Changes with the password: sessions and tokens made before end."""
    return hashlib.sha256((person.password or "").encode()).hexdigest()[:32]


def _id_for_sessions(person: User) -> str:
    return f"{person.id}:{session_key(person)}"


def _full_name(person: User) -> str:
    """``张伟`` as it is written there, ``Wei Zhang`` in other letters."""
    names = (person.last_name, person.first_name)
    if not "".join(names).isascii():
        return "".join(names)
    return f"{person.first_name} {person.last_name}".strip()


User.get_id = _id_for_sessions  # Flask-Login keeps it in the session
User.get_full_name = _full_name
