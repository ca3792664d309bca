"""What it takes to fill in a filing: its workbook, its entry page, and fifty uploads at once.

Run ``.venv/bin/python -m bench.filing``.  It loads the demonstration into a database of its own.
Each figure is a median of several rounds; the peak of memory is that of a process of its own.
The hostile workbooks are the worst of what the tests build.
"""

import json
import resource
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
from bench.servers import Broken

ROUNDS = 7
AT_ONCE = 50
PASSWORD = "Tumen-Demo-2026"  # noqa: S105  of the demonstration
MEMORY, SECONDS = 300, 10  # MiB and seconds that no upload may exceed


@contextmanager
def demonstration(url: str) -> Iterator[Flask]:
    app = create_app(SQLALCHEMY_DATABASE_URI=url, WTF_CSRF_ENABLED=False)
    with app.test_request_context():
        look_from(db.session, EVERYWHERE)
        yield app
        db.session.remove()


def prepare(url: str) -> None:
    with demonstration(url) as app:
        migrate_to_head()
        with unit_of_work():
            load_reference_data()
            synchronise_roles(app.appbuilder)  # type: ignore[attr-defined]
        load_demonstration()


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
        tasks: dict[str, Callable[[], object]] = {
            "nothing": lambda: None,
            "template made": lambda: template(filing),
            "upload looked at": lambda: look(filing, read(BytesIO(content))),
            "figures reckoned": lambda: tried_out(filing, {}, around),
            "entry page S2": lambda: answered(client.get(f"/filings/{filing.id}/sheets/S2")),
            "filing page": lambda: answered(client.get(f"/filings/{filing.id}")),
            "summary PDF": lambda: answered(client.get(f"/filings/{filing.id}/summary.pdf")),
            "upload taken over": lambda: sent_and_taken(client, filing.id, content),
        }
        tasks |= {
            f"hostile: {name}": lambda make=make: refused(make(content))
            for name, make in HOSTILE.items()
        }
        taken = median(tasks[what])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"milliseconds": taken, "mebibytes": peak}


def signed_in(app: Flask, number: str) -> Any:
    client = app.test_client()
    data = {"username": f"confirmer_{number}", "password": PASSWORD}
    client.post("/login/", data=data)
    return client


def answered(answer: Any) -> None:
    if answer.status_code != 200:
        raise Broken(f"status {answer.status_code} {answer.location}")


def sent_and_taken(client: Any, pk: int, content: bytes) -> None:
    """Change a figure in the workbook, send it, and take it over."""
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
    if client.post(f"/filings/{pk}/workbook/take", data={"token": token}).status_code != 302:
        raise Broken("the workbook was not taken over")


def refused(content: bytes) -> None:
    try:
        read(BytesIO(content))
    except Invalid:
        return
    # what is not refused outright is named cell by cell; that costs as much


def replaced(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    with ZipFile(BytesIO(content)) as old, ZipFile(out := BytesIO(), "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return out.getvalue()


PAGE = "xl/worksheets/sheet4.xml"


def many_rows(content: bytes, rows: int) -> bytes:
    row = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>33</t></is></c>'
        f'<c r="D{n}"><v>{n}</v></c></row>'
        for n in range(1000, 1000 + rows)
    ).encode()
    return replaced(
        content, PAGE, lambda data: data.replace(b"</sheetData>", row + b"</sheetData>")
    )


def many_words(content: bytes) -> bytes:
    words = b"".join(b"<si><t>%d</t></si>" % n for n in range(250_000))
    return replaced(
        content, "xl/sharedStrings.xml", lambda data: data.replace(b"</sst>", words + b"</sst>")
    )


def wide_rows(content: bytes) -> bytes:
    cells = "".join(f'<c r="XFD{n}"><v>1</v></c>' for n in range(4, 600)).encode()
    row = b'<row r="700">' + cells + b"</row>"
    return replaced(
        content, PAGE, lambda data: data.replace(b"</sheetData>", row + b"</sheetData>")
    )


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "200,000 rows": lambda content: many_rows(content, 200_000),
    "250,000 words": many_words,
    "cells at XFD": wide_rows,
    "a page of 1 GiB": lambda content: replaced(content, PAGE, lambda _data: b" " * (1 << 30)),
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
    *(f"hostile: {name}" for name in HOSTILE),
)


def fifty_at_once(url: str) -> dict[str, Any]:
    """Fifty enterprises take over their workbooks at the same time; nothing may be lost."""
    with demonstration(url) as app:
        filings = open_filings(AT_ONCE)
        revisions = {one.id: one.revision for one in filings}
        made = [(one.id, template(one), one.enterprise.registry_number) for one in filings]
    # outside of that context: within it all logins would be one
    work = [(pk, signed_in(app, number), content) for pk, content, number in made]
    times: list[float] = []

    def send(job: tuple[int, Any, bytes]) -> None:
        start = time.perf_counter()
        sent_and_taken(job[1], job[0], job[2])
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
    }


def main() -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        prepare(url)
        print(f"{'':28}{'median ms':>12}{'peak MiB':>12}")
        for task in TASKS:
            command = [sys.executable, "-m", "bench.filing", url, task]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise Broken(f"{task}: {done.stderr[-2000:]}")
            got = json.loads(done.stdout.splitlines()[-1])
            over = got["mebibytes"] > MEMORY or got["milliseconds"] > SECONDS * 1000
            mark = "  over" if over else ""
            print(f"{task:28}{got['milliseconds']:12.1f}{got['mebibytes']:12.0f}{mark}")
        got = fifty_at_once(url)
        print(
            f"{got['uploads']} uploads at once: all kept, {got['seconds']:.1f} s together, "
            f"median {got['median']:.1f} s, worst {got['worst']:.1f} s"
        )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(measure(sys.argv[1], sys.argv[2])))
    else:
        main()
