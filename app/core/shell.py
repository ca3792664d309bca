"""What surrounds every page: navigation, where one stands, and how values are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

from babel.support import Translations
from flask import Flask, current_app, g, request, url_for
from flask_babel import Domain, get_locale
from flask_babel.speaklater import LazyString
from markupsafe import Markup
from wtforms.i18n import messages_path

from app.core.canonical import plain_decimal
from app.core.clock import as_shown
from app.core.period import recent_quarters
from app.core.preferences import PAGE_SIZES, preference


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
    app.add_template_global(path_of, "path_of")
    app.add_template_global(preference, "preference")
    app.add_template_global(options, "options")
    app.add_template_global(options_of, "options_of")
    app.add_template_global(said, "_")
    app.jinja_env.globals["page_sizes"] = PAGE_SIZES

    @app.before_request
    def know_the_words() -> None:
        """Find the catalogues once a request: Babel would for each of two hundred texts."""
        locale = str(get_locale())
        g.words = _words(locale)
        g.words.as_default()
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
        self.written: dict[str, Markup] = {}  # the texts of templates, ready to be put in

    def get_translations(self) -> Any:
        return self._found


@cache
def _words(locale: str) -> _Words:  # noqa: ARG001  of the present request
    return _Words(Domain().get_translations())


def said(text: str, **variables: object) -> Markup:
    """``_`` of the templates: what Jinja's does, without its detours, a hundred times a page."""
    words: _Words = g.get("words") or _words(str(get_locale()))  # a refusal may come before them
    if variables:
        return Markup(words.gettext(text)) % variables  # noqa: S704  our own texts
    found = words.written.get(text)
    if found is None:
        found = words.written[text] = Markup(words.gettext(text)) % {}  # noqa: S704
    return found


@cache
def _words_of_forms(locale: str) -> Any:
    return Translations.load(messages_path(), [locale], domain="wtforms")


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
            ShownEntry(str(e.label), path_of(e.endpoint), e.icon, _is_here(e.endpoint))
            for e in group.entries
            if has_access(e.permission, e.thing)
        ]
        if entries:
            shown.append(ShownGroup(str(group.label), entries))
    return shown


@cache
def path_of(endpoint: str) -> str:
    """The address of a page without arguments: always the same, and dear to make."""
    return url_for(endpoint)


def options(choices: Sequence[tuple[str, str]], chosen: str) -> Markup:
    """The options of a select, *chosen* selected."""
    if isinstance(choices, tuple):  # kept by whoever hands them over, so that nothing is copied
        return _options(choices, chosen)
    return _options(tuple((str(value), str(label)) for value, label in choices), chosen)


def options_of(field: Any) -> Markup:
    """The options of a select field of a form, drawn as the others are."""
    found = list(field.iter_choices())
    chosen = next((one.value for one in found if one.selected), "")
    return options([(one.value, one.label) for one in found], str(chosen))


@lru_cache(maxsize=500)
def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    """Kept, because every page draws the same hundred places."""
    plain = Markup('<option value="{}">{}</option>')
    picked = Markup('<option value="{}" selected>{}</option>')
    return Markup().join(
        (picked if value == chosen else plain).format(value, label) for value, label in choices
    )


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
    return _asking(path_of(endpoint), changes)


def _asking(address: str, changes: Mapping[str, object]) -> str:
    arguments = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in arguments.items() if value not in (None, "")}
    return f"{address}?{urlencode(kept)}" if kept else address
