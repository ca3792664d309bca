"""The forms for people, their places, and passwords."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length, Optional, Regexp

from app.accounts.models import WhyAdded
from app.accounts.operations import NO_MAIL, PersonDetails
from app.accounts.roles import ROLES
from app.core.clock import today
from app.core.db import db
from app.regions.queries import county_of, regions_within
from app.regions.scope import RegionScope, Tier, scope_of


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _nodes(scope: RegionScope) -> list[SelectChoice]:
    """The nodes at which somebody can be put from *scope*, each under the one above it."""
    top = [SelectChoice("", _("The whole platform"))] if "" in scope.roots else []
    nodes = [node for node in regions_within(scope) if scope.admits(node.path)]
    return top + [SelectChoice(n.path, "　" * (n.tier - Tier.REGION) + n.name) for n in nodes]


class PlaceForm(FlaskForm):
    """A node of the tree, or by its registry number an enterprise in a county.

    Which enterprises there are is known a floor above; a number that nobody has shows nothing.
    """

    # "" is a place, the very top: a choice must have been sent, but may be empty
    node = SelectField(_l("Place"), coerce=str)
    enterprise = StringField(
        _l("Registry number of the enterprise"),
        filters=[_stripped],
        validators=[Optional(), Length(max=10), Regexp("^[0-9A-Z]+$")],
        description=_l("Only for people of an enterprise; choose its county above."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.node.choices = _nodes(scope_of(db.session))

    @property
    def place(self) -> str:
        number: str = self.enterprise.data
        return f"{self.node.data or ''}{number}/" if number else self.node.data or ""

    def show_place(self, place: str | None) -> None:
        if place is not None and place.count("/") == Tier.ENTERPRISE:
            self.node.data, self.enterprise.data = county_of(place), place.split("/")[3]
        else:
            self.node.data = place


class PersonForm(PlaceForm):
    """Who somebody is, where they stand, and their roles."""

    username = StringField(
        _l("User name"), filters=[_stripped], validators=[InputRequired(), Length(3, 64)]
    )
    last_name = StringField(
        _l("Family name"), filters=[_stripped], validators=[InputRequired(), Length(1, 64)]
    )
    first_name = StringField(
        _l("Given name"), filters=[_stripped], validators=[InputRequired(), Length(1, 64)]
    )
    email = EmailField(_l("E-mail"), filters=[_stripped], validators=[Length(max=320)])
    roles = SelectMultipleField(_l("Roles"), validators=[InputRequired()])
    active = BooleanField(_l("May log in"), default=True)

    def __init__(self, *args: Any, allowed: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles.choices = [
            SelectChoice(key, str(role.label)) for key, role in ROLES.items() if key in allowed
        ]

    def show_person(self, person: Any) -> None:
        self.show_place(person.place)
        self.roles.data = [role.name for role in person.roles]
        if (person.email or "").endswith(NO_MAIL):
            self.email.data = ""

    def details(self) -> PersonDetails:
        return PersonDetails(
            username=self.username.data,
            last_name=self.last_name.data,
            first_name=self.first_name.data,
            email=self.email.data,
            place=self.place,
            roles=frozenset(self.roles.data),
            active=self.active.data,
        )


class AddedPlaceForm(PlaceForm):
    """A further place, and from when to when."""

    reason = SelectField(
        _l("Reason"), choices=lambda: [SelectChoice(why.value, str(why.label)) for why in WhyAdded]
    )
    starts_on = DateField(_l("First day"), default=today, validators=[InputRequired()])
    ends_on = DateField(_l("Last day"), validators=[Optional()])


class OwnPasswordForm(FlaskForm):
    """One's own password: the present one, and the new one twice."""

    current = PasswordField(
        _l("Present password"),
        validators=[InputRequired()],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("New password"),
        validators=[InputRequired()],
        render_kw={"autocomplete": "new-password"},
        description=_l(
            "At least 10 characters, with upper and lower case letters, a digit and a symbol."
        ),
    )
    again = PasswordField(
        _l("New password, again"),
        validators=[InputRequired(), EqualTo("password", _l("The two do not agree."))],
        render_kw={"autocomplete": "new-password"},
    )
