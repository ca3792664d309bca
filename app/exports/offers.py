"""What can be taken away: each list and report by a key, and how its table is made.

A report offers itself once, when the application is put together::

    offer("report.status", status_exportable, thing="Report")

where ``status_exportable`` gets what the address asks for, as a plain mapping of texts that may
be anything, and returns an `Exportable`.  It is called within a request whose ``request.args``
are these too, whether at once or in a job, with the session of whoever asks.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from app.core.errors import Invalid, NotFound
from app.core.export import Exportable
from app.core.list_page import ListPage

Args = Mapping[str, str]
MOST_ARGS = 40
LONGEST_ARG = 400


@dataclass(frozen=True, slots=True)
class Offer:
    """How the table is made, whose right to export it takes, and the page it comes from."""

    make: Callable[[Args], Exportable]
    thing: str
    endpoint: str = ""
    title: Callable[[Args], str] | None = None  # where making the table is dear

    def title_of(self, args: Args) -> str:
        return self.make(args).title if self.title is None else self.title(args)


# Filled by `app.menu`, which knows all floors
OFFERED: dict[str, Offer] = {}


def offer(
    key: str,
    make: Callable[[Args], Exportable],
    *,
    thing: str = "Report",
    endpoint: str = "",
    title: Callable[[Args], str] | None = None,
) -> None:
    """Let the table that *make* gives be taken away by who may export *thing*.

    *endpoint* is the page that shows the same table for the same arguments, *title* says what it
    is called without making it.
    """
    OFFERED[key] = Offer(make, thing, endpoint, title)


def offer_list(view: ListPage) -> None:
    """Let the list of *view* be taken away, if it says so itself."""
    if "export" in view.include_route_methods and "can_export" in view.base_permissions:
        endpoint = f"{type(view).__name__}.list"
        offer(view.export_key, view.exportable, thing=view.class_permission_name, endpoint=endpoint)


def offer_of(key: str) -> Offer:
    """What is offered under *key*; `NotFound` if nothing is (any more)."""
    if key not in OFFERED:
        raise NotFound(_("There is no such table."))
    return OFFERED[key]


def as_args(asked: Mapping[str, str]) -> dict[str, str]:
    """*asked* as it is kept; `Invalid` for more than any page asks for."""
    args = {name: text.replace("\0", "") for name, text in sorted(asked.items())}
    longest = max((len(one) for pair in args.items() for one in pair), default=0)
    if len(args) > MOST_ARGS or longest > LONGEST_ARG:
        raise Invalid(_("These are too many filters."))
    return args


@contextmanager
def asking(args: Args) -> Iterator[None]:
    """As within a request that asks for *args*: what makes a list looks into its address."""
    with current_app.test_request_context("/exports/", query_string=dict(args)):
        yield
