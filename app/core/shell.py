"""What surrounds every page: navigation, where one stands, and how values are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlencode

from babel.support import Translations
from flask import Flask, current_app, request, url_for
from flask_babel import Domain, get_locale
from flask_babel.speaklater import LazyString
from wtforms.i18n import messages_path

from app.core.canonical import plain_decimal
from app.core.clock import as_shown
from app.core.period import recent_quarters
from app.core.preferences import PAGE_SIZES, preference

NOTICES = 8  # as many as one looks through


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A page in the navigation, and the right that opens it."""

    label: LazyString
    endpoint: str
    permission: str
    thing: str
    icon: str


@dataclass(frozen=True, slots=True)
class MenuGroup:
    label: LazyString
    entries: Sequence[MenuEntry]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened and concerns whoever asks; `hint` says who or where."""

    text: str
    address: str
    at: datetime
    hint: str = ""
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Notices:
    """The latest, newest first."""

    rows: Sequence[Notice]

    @property
    def unread(self) -> int:
        return sum(one.unread for one in self.rows)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the shell is told by the floors above it; each is asked only where it is shown."""

    menu: Sequence[MenuGroup]
    stands_at: Callable[[], str]


def install_shell(app: Flask, around: Surroundings) -> None:
    """Give every template the navigation of whoever asks, and the filters for values."""
    app.add_template_filter(moment, "moment")
    app.add_template_filter(number, "number")
    app.add_template_global(address_with, "address_with")
    app.add_template_global(address_of, "address_of")
    app.add_template_global(preference, "preference")
    app.jinja_env.globals["page_sizes"] = PAGE_SIZES

    @app.before_request
    def know_the_words() -> None:
        """Find the catalogues once a request: Babel would for each of two hundred texts."""
        locale = str(get_locale())
        _words(locale).as_default()
        # Flask-WTF would read the file of WTForms' messages anew
        request.wtforms_translations = _words_of_forms(locale)  # type: ignore[attr-defined]

    @app.context_processor
    def surroundings() -> dict[str, Any]:
        return {
            "navigation": navigation(around.menu),
            "stands_at": around.stands_at,
            "quarters": recent_quarters,
            "language": (get_locale() or "zh"),
            "demo": current_app.config["DEMO"],
        }


class _Words(Domain):
    """The catalogue of one language."""

    def __init__(self, found: Any) -> None:
        super().__init__()
        self._found = found

    def get_translations(self) -> Any:
        return self._found


@cache
def _words(locale: str) -> _Words:  # noqa: ARG001  of the present request
    return _Words(Domain().get_translations())


@cache
def _words_of_forms(locale: str) -> Any:
    return Translations.load(messages_path(), [locale], domain="wtforms")


def noticed(found: Sequence[Notice]) -> Notices:
    """*found*, those marked that came after the last look."""
    seen = preference("notices_seen")
    latest = sorted(found, key=lambda one: one.at, reverse=True)[:NOTICES]
    return Notices([replace(one, unread=one.at.isoformat() > seen) for one in latest])


@dataclass(frozen=True, slots=True)
class ShownEntry:
    label: str
    address: str
    icon: str
    here: bool


@dataclass(frozen=True, slots=True)
class ShownGroup:
    label: str
    entries: Sequence[ShownEntry]


def navigation(menu: Sequence[MenuGroup]) -> list[ShownGroup]:
    """Only what the person may open; costs no statement."""
    has_access = current_app.appbuilder.sm.has_access  # type: ignore[attr-defined]
    shown = []
    for group in menu:
        entries = [
            ShownEntry(str(e.label), _address(e.endpoint), e.icon, _is_here(e.endpoint))
            for e in group.entries
            if has_access(e.permission, e.thing)
        ]
        if entries:
            shown.append(ShownGroup(str(group.label), entries))
    return shown


@cache
def _address(endpoint: str) -> str:
    """The address of a page of the menu: the same for everybody, and asked for on every page."""
    return url_for(endpoint)


def _is_here(endpoint: str) -> bool:
    return (request.endpoint or "").partition(".")[0] == endpoint.partition(".")[0]


def moment(value: datetime | None) -> str:
    """A moment in local time; none is a dash."""
    return "—" if value is None else as_shown(value)


def number(value: object, places: int | None = None) -> str:
    """A figure with thousands grouped; nothing is a dash, never ``None``."""
    if value is None or value == "":
        return "—"
    if isinstance(value, Decimal | int):
        decimal = Decimal(value)
        if places is not None:
            return f"{decimal:,.{places}f}"
        return f"{Decimal(plain_decimal(decimal)):,f}"
    return str(value)


def address_with(**changes: object) -> str:
    """The address of this page with some arguments changed; None takes one away.

    What the address says never reaches `url_for`: it would take ``_method`` or ``endpoint``
    for its own.
    """
    return _asking(request.path, changes)


def address_of(endpoint: str, **changes: object) -> str:
    """The address of another page, asked for the same as this one."""
    return _asking(url_for(endpoint), changes)


def _asking(address: str, changes: Mapping[str, object]) -> str:
    arguments = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in arguments.items() if value not in (None, "")}
    return f"{address}?{urlencode(kept)}" if kept else address
