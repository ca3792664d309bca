"""What it takes to fill in a filing: its workbook, its entry page, and fifty uploads at once.

Run ``.venv/bin/python -m bench.filing``.  It loads the demonstration into a database of its own.
Each figure is a median of several rounds; the peak of memory is that of a process of its own.
The hostile workbooks are the worst of what the tests build, and are looked through as those of
people are; what is said to each stands beside it.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from app import create_app
from app.accounts.grants import synchronise_roles
from app.core.db import db
from app.core.errors import Invalid
from app.core.unit import unit_of_work
from app.filings.models import Filing
from app.filings.operations import tried_out
from app.filings.queries import book_around, current_figures, working_figures
from app.filings.sheets import SHEETS
from app.filings.workbook.read import read
from app.filings.workbook.takeover import look
from app.filings.workbook.write import written
from app.regions.scope import EVERYWHERE, look_from
from app.review.models import Review
from app.review.workflow import State
from app.upkeep.demonstration.load import load_demonstration
from app.upkeep.reference import load_reference_data
from app.upkeep.schema import migrate_to_head
from bench.servers import KINDS, Broken, database

ROUNDS = 7
AT_ONCE, SERVED = 50, 8  # two processes of four threads; the others wait in the server's queue
PASSWORD = "Tumen-Demo-2026"  # noqa: S105  of the demonstration
BUSY = 503  # nothing has been changed; people try again
MEMORY, SECONDS = 300, 10  # MiB and seconds that no upload may exceed


@contextmanager
def demonstration(url: str) -> Iterator[Flask]:
    app = create_app(SQLALCHEMY_DATABASE_URI=url, WTF_CSRF_ENABLED=False)
    with app.test_request_context():
        look_from(db.session, EVERYWHERE)
        yield app
        db.session.remove()


def prepare(url: str) -> dict[str, Any]:
    with demonstration(url) as app:
        migrate_to_head()
        with unit_of_work():
            load_reference_data()
            synchronise_roles(app.appbuilder)  # type: ignore[attr-defined]
        load_demonstration()
    return {}


def open_filings(most: int) -> list[Filing]:
    query = (
        select(Filing).join(Filing.review).where(Review.state == State.DRAFT).order_by(Filing.id)
    )
    return list(db.session.scalars(query.limit(most)))


def template(filing: Filing) -> bytes:
    figures = current_figures(filing, around := book_around(filing))
    rows = {key: sorted(figures.get(key, {}).items()) for key in SHEETS}
    return written(filing, rows, around).getvalue()


def median(act: Callable[[], object]) -> float:
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def measure(url: str, what: str) -> dict[str, Any]:
    """One task in this process: milliseconds (median) and the peak of memory, MiB."""
    with demonstration(url) as app:
        client = signed_in(app, open_filings(1)[0].enterprise.registry_number)
        look_from(db.session, EVERYWHERE)  # the login has ended what was looked from
        [filing] = open_filings(1)
        content = template(filing)
        around = book_around(filing)
        pk = filing.id
        tasks: dict[str, Callable[[], object]] = {
            "nothing": lambda: None,
            "template made": lambda: template(filing),
            "upload looked at": lambda: look(filing, read(BytesIO(content))),
            "figures reckoned": lambda: tried_out(filing, {}, around),
            "entry page S2": lambda: answered(client.get(f"/filings/{pk}/sheets/S2")),
            "filing page": lambda: answered(client.get(f"/filings/{pk}")),
            "summary PDF": lambda: answered(client.get(f"/filings/{pk}/summary.pdf")),
            "upload taken over": lambda: sent_and_taken(client, pk, content),
        }
        return {"milliseconds": median(tasks[what]), "mebibytes": peak()}


def suffer(url: str, path: str) -> dict[str, Any]:
    """Look through the hostile workbook at *path*, which another process has built."""
    with demonstration(url):
        content = Path(path).read_bytes()
        [filing] = open_filings(1)
        said: list[str] = []
        taken = median(lambda: said.append(outcome(filing, content)))
        return {"milliseconds": taken, "mebibytes": peak(), "said": said[-1]}


def outcome(filing: Filing, content: bytes) -> str:
    """What whoever sends it is told."""
    try:
        preview = look(filing, read(BytesIO(content)))
    except Invalid as error:
        return f"refused: {error.message}"
    if preview.problems:
        first = preview.problems[0]
        return f"{len(preview.problems)} cells named; first {first.where}: {first}"
    if preview.changes:
        return f"would change {len(preview.changes)} cells"
    return "harmless: nothing to take over"


def peak() -> float:
    """Of this process alone; the resource module would count its parent's in."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def signed_in(app: Flask, number: str) -> Any:
    client = app.test_client()
    data = {"username": f"confirmer_{number}", "password": PASSWORD}
    client.post("/login/", data=data)
    return client


def answered(answer: Any) -> None:
    if answer.status_code != 200:
        raise Broken(f"status {answer.status_code} {answer.location}")


def sent_and_taken(client: Any, pk: int, content: bytes) -> int:
    """Change a figure in the workbook, send it, and take it over; how often it was too busy."""
    sheet = load_workbook(BytesIO(content))
    page = next(one for one in sheet.worksheets if one.title.startswith("S1 "))
    for row in page.iter_rows(min_row=4):
        if row[4].value == "employees":
            row[2].value = int(time.time() * 1000) % 10_000
    sheet.save(file := BytesIO())
    file.seek(0)
    answer = client.post(f"/filings/{pk}/workbook", data={"file": (file, "a.xlsx")})
    answered(answer)
    token = answer.text.partition('name="token" value="')[2].partition('"')[0]
    for again in range(10):
        taken = client.post(f"/filings/{pk}/workbook/take", data={"token": token})
        if taken.status_code == 302:
            return again
        if taken.status_code != BUSY:
            break
    raise Broken(f"the workbook was not taken over: status {taken.status_code}")


def replaced(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    with ZipFile(BytesIO(content)) as old, ZipFile(out := BytesIO(), "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return out.getvalue()


PAGE, STYLES, BOOK = "xl/worksheets/sheet4.xml", "xl/styles.xml", "xl/workbook.xml"
TYPES = "[Content_Types].xml"
NAMES = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def before(content: bytes, part: str, end: bytes, more: bytes) -> bytes:
    """*content* with *more* put before the tag *end* of a part."""
    return replaced(content, part, lambda data: data.replace(end, more + end, 1))


def cells(rows: int, columns: int) -> Callable[[bytes], bytes]:
    """A page of so many cells, which the reader has to take apart before it can say anything."""
    row = b"<c><v>1</v></c>" * columns
    page = b"".join(b'<row r="%d">%s</row>' % (n, row) for n in range(1, rows + 1))
    whole = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (NAMES, page)
    return lambda content: replaced(content, PAGE, lambda _old: whole)


def more_rows(row: bytes) -> Callable[[bytes], bytes]:
    """The page with 80,000 rows below the last that is read: as many as its tags allow."""
    rows = b"".join(row % n for n in range(1000, 81_000))
    return lambda content: before(content, PAGE, b"</sheetData>", rows)


def with_words(content: bytes, number: int) -> bytes:
    """With a table of words, which Excel writes and our own template does not."""
    told = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.'
        b'openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
    )
    words = b"".join(b"<si><t>%d</t></si>" % n for n in range(number))
    with ZipFile(
        file := BytesIO(before(content, TYPES, b"</Types>", told)), "a", ZIP_DEFLATED
    ) as z:
        z.writestr("xl/sharedStrings.xml", b'<sst xmlns="%s">%s</sst>' % (NAMES, words))
    return file.getvalue()


def many_parts(content: bytes) -> bytes:
    with ZipFile(file := BytesIO(content), "a") as package:
        for n in range(60_000):
            package.writestr(f"x{n}", b"")
    return file.getvalue()


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "200,000 rows": lambda c: before(
        c,
        PAGE,
        b"</sheetData>",
        b"".join(b'<row r="%d"><c><v>1</v></c></row>' % n for n in range(1000, 201_000)),
    ),
    "80,000 rows": more_rows(b'<row r="%d"><c><v>1</v></c></row>'),
    "80,000 empty rows": more_rows(b'<row r="%d"/>'),
    "one row 400,000 times": lambda c: before(c, PAGE, b"</sheetData>", b'<row r="5"/>' * 400_000),
    "one full row 80,000 times": more_rows(b'<row r="5" x="%d"><c><v>1</v></c></row>'),
    "as many cells as pass": cells(500, 240),
    "more cells than pass": cells(500, 900),
    "140,000 words": lambda c: with_words(c, 140_000),
    "250,000 words": lambda c: with_words(c, 250_000),
    "95,000 styles": lambda c: before(c, STYLES, b"</cellXfs>", b"<xf/>" * 95_000),
    "140,000 styles": lambda c: before(c, STYLES, b"</cellXfs>", b"<xf/>" * 140_000),
    "45,000 names": lambda c: before(
        c,
        BOOK,
        b"</workbook>",
        b"<definedNames>" + b'<definedName name="a">A1</definedName>' * 45_000 + b"</definedNames>",
    ),
    "tags without an end": lambda c: replaced(c, PAGE, lambda _d: b'<c r="A1" ' * 490_000),
    "a tag of 30 MiB": lambda c: replaced(c, PAGE, lambda _d: b'<a b="' + b"a" * (30 << 20)),
    "a page of 1 GiB": lambda c: replaced(c, PAGE, lambda _d: b" " * (1 << 30)),
    "60,000 parts": many_parts,
    "a million entities": lambda c: replaced(
        c, PAGE, lambda d: b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]>' + d
    ),
}
TASKS = (
    "nothing",
    "template made",
    "upload looked at",
    "upload taken over",
    "figures reckoned",
    "entry page S2",
    "filing page",
    "summary PDF",
)


def build(url: str, folder: str) -> dict[str, Any]:
    with demonstration(url):
        content = template(open_filings(1)[0])
    for number, make in enumerate(HOSTILE.values()):
        (Path(folder) / f"{number}.xlsx").write_bytes(make(content))
    return {}


def fifty_at_once(url: str) -> dict[str, Any]:
    """Fifty enterprises take over their workbooks at the same time; nothing may be lost."""
    with demonstration(url) as app:
        filings = open_filings(AT_ONCE)
        revisions = {one.id: one.revision for one in filings}
        made = [(one.id, template(one), one.enterprise.registry_number) for one in filings]
    # outside of that context: within it all logins would be one
    work = [(pk, signed_in(app, number), content) for pk, content, number in made]
    times: list[float] = []
    busy: list[int] = []
    served = BoundedSemaphore(SERVED)

    def send(job: tuple[int, Any, bytes]) -> None:
        start = time.perf_counter()
        with served:
            busy.append(sent_and_taken(job[1], job[0], job[2]))
        times.append(time.perf_counter() - start)

    start = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, work))
    whole = time.perf_counter() - start
    with demonstration(url):
        kept = sum(db.session.get_one(Filing, pk).revision > was for pk, was in revisions.items())
        rows = [working_figures(db.session.get_one(Filing, pk))["S1"] for pk in revisions]
    if kept != len(work) or not all(rows):
        raise Broken(f"of {len(work)} uploads {kept} were kept")
    return {
        "uploads": kept,
        "seconds": whole,
        "median": statistics.median(times),
        "worst": max(times),
        "busy": sum(busy),
    }


def alone(*arguments: str) -> dict[str, Any]:
    """A task of this file in a process of its own."""
    command = [sys.executable, "-m", "bench.filing", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(f"{arguments}: {done.stderr[-2000:]}")
    got: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return got


def told(name: str, got: dict[str, Any]) -> None:
    over = got["mebibytes"] > MEMORY or got["milliseconds"] > SECONDS * 1000
    mark = "OVER  " if over else ""
    print(
        f"{name:26}{got['milliseconds']:10.1f}{got['mebibytes']:10.0f}  {mark}{got.get('said', '')}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.filing")
    parser.add_argument("--database", choices=(*KINDS, "both"), default="both")
    chosen = parser.parse_args().database
    for kind in KINDS if chosen == "both" else (chosen,):
        with (
            TemporaryDirectory(prefix="tumen-bench-") as folder,
            database(kind, Path(folder)) as url,
        ):
            table(kind, url, folder)


def table(kind: str, url: str, folder: str) -> None:
    """Measure on an empty database of *kind*, and print it."""
    alone("prepare", url)
    print(f"\n{kind:26}{'median ms':>10}{'peak MiB':>10}")
    for task in TASKS:
        told(task, alone("measure", url, task))
    alone("build", url, folder)
    for number, name in enumerate(HOSTILE):
        told(name, alone("suffer", url, str(Path(folder) / f"{number}.xlsx")))
    got = alone("fifty", url)
    print(
        f"{got['uploads']} uploads at once: all kept, {got['seconds']:.1f} s together, "
        f"median {got['median']:.1f} s, worst {got['worst']:.1f} s; "
        f"{got['busy']} times asked to try again"
    )


CALLS: dict[str, Callable[..., dict[str, Any]]] = {
    "prepare": prepare,
    "measure": measure,
    "build": build,
    "suffer": suffer,
    "fifty": fifty_at_once,
}
if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in CALLS:
        print(json.dumps(CALLS[sys.argv[1]](*sys.argv[2:])))
    else:
        main()
