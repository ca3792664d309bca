"""The kinds of jobs: what each does, who may start one by hand, and when the clock does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask_babel.speaklater import LazyString

from app.jobs.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job.

    `function` gets the `app.jobs.work.Run` and the arguments of the job, and returns what came
    of it as a JSON object, or None.  It may run more than once (a worker was killed, an error
    passed), so what it writes must be written in units of work: in one around all of it, which
    ends together with the job, unless `one_unit` says no; then it opens its own by ``run.unit()``.
    On SQLite nobody else can write while a unit is open: what takes long is no single unit.
    """

    key: str
    label: LazyString
    function: Callable[..., Mapping[str, object] | None]
    right: tuple[str, str] | None = None  # who may start it by a button; None: nobody
    schedule: Schedule | None = None
    one_unit: bool = True
    labels: Mapping[str, LazyString] = field(default_factory=dict)  # of what came of it


# Filled by `app.menu`, which knows all floors
KINDS: dict[str, Kind] = {}


def label_of(key: str) -> str:
    """The name of a kind for people; one that is no more is called what it was called."""
    return str(KINDS[key].label) if key in KINDS else key
