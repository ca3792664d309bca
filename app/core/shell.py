"""What surrounds every page: navigation, where one stands, and how values are written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import get_locale
from flask_babel.speaklater import LazyString

from app.core.canonical import plain_decimal
from app.core.clock import as_shown
from app.core.preferences import PAGE_SIZES


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A page in the navigation, and the right that opens it."""

    label: LazyString
    endpoint: str
    permission: str
    thing: str


@dataclass(frozen=True, slots=True)
class MenuGroup:
    label: LazyString
    entries: Sequence[MenuEntry]


def install_shell(app: Flask, menu: Sequence[MenuGroup], stands_at: Callable[[], str]) -> None:
    """Give every template the navigation of whoever asks, and the filters for values."""
    app.add_template_filter(moment, "moment")
    app.add_template_filter(number, "number")
    app.add_template_global(address_with, "address_with")
    app.add_template_global(address_of, "address_of")
    app.jinja_env.globals["page_sizes"] = PAGE_SIZES

    @app.context_processor
    def surroundings() -> dict[str, Any]:
        return {
            "navigation": navigation(menu),
            "stands_at": stands_at,
            "language": (get_locale() or "zh"),
            "demo": current_app.config["DEMO"],
        }


def navigation(menu: Sequence[MenuGroup]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Groups of (label, address, here?), only what the person may open; costs no statement."""
    has_access = current_app.appbuilder.sm.has_access  # type: ignore[attr-defined]
    shown = []
    for group in menu:
        entries = [
            (str(e.label), url_for(e.endpoint), _is_here(e.endpoint))
            for e in group.entries
            if has_access(e.permission, e.thing)
        ]
        if entries:
            shown.append((str(group.label), entries))
    return shown


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
    return address_of(request.endpoint or "", **changes)


def address_of(endpoint: str, **changes: object) -> str:
    """The address of another page, asked for the same as this one."""
    arguments = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in arguments.items() if value not in (None, "")}
    address = url_for(endpoint, **(request.view_args or {}))
    return f"{address}?{urlencode(kept)}" if kept else address
