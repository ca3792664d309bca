"""企业填报确认附件汇总: only what was handed in counts, and the zip has just that."""

import csv
import io
from datetime import timedelta
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.core.period import Quarter
from app.core.storage import LocalStorage
from app.enterprises.models import StopReason
from app.filings.models import Filing
from app.filings.sheets.attachment import Attachment, AttachmentKind
from app.regions.scope import RegionScope, look_from
from app.reports import confirmation
from app.reports.confirmation import Lack, counts_of, enterprises_in, handed_in_by
from app.review.models import Review
from app.review.workflow import Action
from tests.world import COUNTY, LEAGUE, NEXT_COUNTY, OTHER_LEAGUE, QUARTER

FOURTH = Quarter(2025, 4)
ALL = [Lack.FILING, Lack.STAMPED, Lack.MONTHLY]


def lacks_of(world, place=LEAGUE, period=QUARTER):
    """What each enterprise lacks, as it is read row by row, and as SQL counts and filters it."""
    with world.seen_from(place):
        rows = db.session.scalars(enterprises_in(period)).all()
        held = handed_in_by([row.id for row in rows], period)
        counts = counts_of(enterprises_in(period), period)
        told = {row.name: list(held[row.id].lacks) for row in rows}
        assert counts.enterprises == len(told)
        assert counts.complete == sum(not lacks for lacks in told.values())
        for what, have in counts.have.items():
            assert have == sum(what not in lacks for lacks in told.values())
            query = enterprises_in(period).where(confirmation.lacks(what, period))
            assert {row.name for row in db.session.scalars(query)} == {
                name for name, lacks in told.items() if what in lacks
            }
        return told


def change(world, filing, of, **values):
    with world.seen_from():
        query = select(Attachment).where(Attachment.filing_id == filing, Attachment.kind == of)
        for row in db.session.scalars(query):
            for name, value in values.items():
                setattr(row, name, value)
        db.session.commit()


def stored(world, filing):
    """Gives the files of a filing bytes of their own; what each is called and holds."""
    storage = LocalStorage(world.app.config["UPLOAD_FOLDER"])
    with world.seen_from():
        rows = db.session.scalars(select(Attachment).where(Attachment.filing_id == filing)).all()
        for row in rows:
            text = f"%PDF {filing} {row.kind}".encode()
            row.sha256, row.size = storage.put(io.BytesIO(text), 100).sha256, len(text)
        db.session.commit()


def opened(answer):
    with answer:
        assert answer.status_code == 200, answer.text
        packed = ZipFile(io.BytesIO(answer.data))
    index = csv.reader(io.StringIO(packed.read("index.csv").decode("utf-8-sig")))
    return packed, list(index)


def submitted(world, confirmer="confirmer", period=QUARTER):
    filing = world.filled(confirmer, period)
    world.act(confirmer, Action.SUBMIT, filing)
    return filing


def test_who_has_handed_in_lacks_nothing_and_all_others_everything(world):
    submitted(world)
    world.ready("next_confirmer", world.filled("next_confirmer"))  # attached, not handed in
    assert lacks_of(world) == {"Here": [], "Large": ALL, "Next": ALL}
    assert lacks_of(world, OTHER_LEAGUE) == {"There": ALL}


def test_a_month_that_no_report_covers_is_missing(world):
    filing = submitted(world)
    change(world, filing, AttachmentKind.MONTHLY_REPORT, months_covered="1,3")
    assert lacks_of(world)["Here"] == [Lack.MONTHLY]
    page = world.client("league").get(f"/confirmation/list/?period={QUARTER}").text
    assert "missing: months 2" in page
    change(world, filing, AttachmentKind.MONTHLY_REPORT, months_covered="11,12")
    assert lacks_of(world)["Here"] == [Lack.MONTHLY]


def test_the_annual_report_is_asked_for_with_the_fourth_quarter_only(world):
    filing = submitted(world, period=FOURTH)
    assert lacks_of(world, period=FOURTH) == {
        "Here": [],
        "Large": [*ALL, Lack.ANNUAL],
        "Next": [*ALL, Lack.ANNUAL],
    }
    change(world, filing, AttachmentKind.ANNUAL_REPORT, kind=AttachmentKind.OTHER)
    assert lacks_of(world, period=FOURTH)["Here"] == [Lack.ANNUAL]


def test_of_a_returned_filing_counts_what_was_there_when_it_was_submitted(world):
    filing = submitted(world)
    world.act("county", Action.RETURN, filing, "The electricity bill is missing.")
    assert lacks_of(world)["Here"] == []
    with world.seen_from():
        later = world.review_of(filing).submitted_at + timedelta(seconds=1)
    change(world, filing, AttachmentKind.STAMPED_SUMMARY, uploaded_at=later, file_name="new.pdf")
    assert lacks_of(world)["Here"] == [Lack.STAMPED]
    stored(world, filing)
    client = world.client("league")
    assert "new.pdf" not in client.get(f"/confirmation/list/?period={QUARTER}").text
    packed, _index = opened(client.get(f"/confirmation/files.zip?period={QUARTER}"))
    assert len(packed.namelist()) == 2


def test_what_was_withdrawn_is_not_handed_in(world):
    filing = submitted(world)
    world.act("confirmer", Action.WITHDRAW, filing)
    assert lacks_of(world)["Here"] == ALL


def test_a_quarter_from_before_the_installation_lacks_nothing(world):
    filing = world.filled()
    with world.seen_from():
        db.session.get(Filing, filing).imported = True
        db.session.commit()
    assert lacks_of(world)["Here"] == []
    assert "Imported" in world.client("league").get(f"/confirmation/list/?period={QUARTER}").text


def test_stopped_ones_do_not_file_and_classified_ones_are_not_shown_to_the_county(world):
    world.stop("Large", QUARTER, StopReason.STOPPED)
    assert sorted(lacks_of(world)) == ["Here", "Next"]
    world.stop("Here", Quarter(2026, 3), StopReason.CLASSIFIED)
    assert sorted(lacks_of(world)) == ["Here", "Next"]
    assert sorted(lacks_of(world, COUNTY)) == []


def test_what_was_filed_in_the_county_it_left_is_known_but_not_opened(world):
    filing = submitted(world)
    stored(world, filing)
    with world.seen_from():  # as if the enterprise had moved and the filing had stayed
        enterprise = world.enterprise("Here")
        enterprise.place = enterprise.place.replace(COUNTY, NEXT_COUNTY)
        db.session.commit()
    assert lacks_of(world, NEXT_COUNTY) == {"Here": [], "Next": ALL}
    with world.seen_from(NEXT_COUNTY):
        rows, scope = enterprises_in(QUARTER), RegionScope.of(NEXT_COUNTY)
        with pytest.raises(confirmation.NotFound):
            confirmation.files_of(rows, QUARTER, scope)
        look_from(db.session, RegionScope.of(LEAGUE))
        assert len(confirmation.files_of(rows, QUARTER, RegionScope.of(LEAGUE))[0]) == 2


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Here", "Large", "Next"]),
        ("lacking=none", ["Here"]),
        ("lacking=any", ["Large", "Next"]),
        ("lacking=monthly&q=lar", ["Large"]),
        ("lacking=annual", []),
        (f"place={NEXT_COUNTY}", ["Next"]),
        ("level=ge_500k", ["Large"]),
        ("level=lt_500k", ["Here", "Next"]),
        ("standing=none", ["Large"]),
        ("standing=draft", ["Next"]),
        ("standing=submitted", ["Here"]),
    ],
)
def test_a_list_is_narrowed_and_taken_away(world, asked, found):
    submitted(world)
    world.filled("next_confirmer")
    address = f"/confirmation/list.xlsx?sort=name&period={QUARTER}&{asked}"
    page = load_workbook(io.BytesIO(world.client("league").get(address).data)).active
    rows = list(page.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == found
    here = [row for row in rows if row[0] == "Here"]
    assert all(row[3:] == ("nothing", "stamped_summary.pdf", "monthly_report.pdf") for row in here)


def test_the_counts_above_are_of_the_whole_selection(world):
    submitted(world)
    client = world.client("league")
    page = client.get(f"/confirmation/list/?period={QUARTER}&lacking=any").text
    assert page.count('<span class="count">1 <span class="unit">/ 3</span>') == 4
    assert "2 missing" in page
    assert ">Here</a>" not in page
    assert "None" not in page


def test_each_file_opens_as_elsewhere(world):
    filing = submitted(world)
    stored(world, filing)
    client = world.client("league")
    page = client.get(f"/confirmation/list/?period={QUARTER}").text
    with world.seen_from():
        number = db.session.scalar(
            select(Attachment.id).where(Attachment.kind == AttachmentKind.STAMPED_SUMMARY)
        )
    address = f"/filings/{filing}/attachments/{number}"
    assert f'href="{address}/opened"' in page
    assert client.get(f"{address}/opened").status_code == 200
    with client.get(f"{address}/shown") as answer:
        assert answer.data == f"%PDF {filing} stamped_summary".encode()


def test_all_files_of_a_selection_come_as_one_zip_and_it_stands_in_the_journal(world):
    filing, other = submitted(world), submitted(world, "other_confirmer")
    for one in (filing, other):
        stored(world, one)
    answer = world.client("league").get(f"/confirmation/files.zip?period={QUARTER}&q=e")
    assert "2026Q1" in answer.headers["Content-Disposition"]
    packed, index = opened(answer)
    with world.seen_from():
        number = world.enterprise("Here").registry_number
    folder = f"Baotou/Tumed Right Banner/{number} Here/2026Q1"
    names = [f"{folder}/Monthly production report monthly_report.pdf"]
    names += [f"{folder}/Stamped summary stamped_summary.pdf", "index.csv"]
    assert packed.namelist() == names
    assert packed.read(names[1]) == f"%PDF {filing} stamped_summary".encode()
    heads = ["Kind of attachment", "Months covered", "Uploaded by", "Uploaded at"]
    assert index[0][4:] == heads
    assert [row[3:6] for row in index[1:]] == [
        ["Whole", "Monthly production report", "1,2,3"],
        ["Whole", "Stamped summary", ""],
    ]
    with world.seen_from():
        query = select(AuditEntry).where(AuditEntry.tag == "report:take_files")
        entry = db.session.scalars(query).one()
    size = sum(len(f"%PDF {filing} {kind}") for kind in ("monthly_report", "stamped_summary"))
    told = f'{{"files":2,"filters":{{"period":"2026Q1","q":"e"}},"size":{size}}}'
    assert (entry.facts, entry.place) == (told, LEAGUE)


@pytest.mark.parametrize(
    ("most", "status", "text"),
    [
        ({}, 404, "No file of this selection"),
        ({"MOST_BYTES": 1}, 422, "Choose less"),
        ({"MOST_FILES": 1}, 422, "Choose less"),
    ],
)
def test_nothing_and_too_much_are_refused_in_words(world, monkeypatch, most, status, text):
    if most:
        submitted(world)
    for name, value in most.items():
        monkeypatch.setattr(confirmation, name, value)
    answer = world.client("league").get(f"/confirmation/files.zip?period={QUARTER}")
    assert answer.status_code == status
    assert text in answer.text
    with world.seen_from():
        query = select(AuditEntry).where(AuditEntry.tag == "report:take_files")
        assert db.session.scalars(query).all() == []


@pytest.mark.parametrize("asked", ["period=2026Q9", "lacking=x", "standing=x", "level=x"])
def test_what_is_no_choice_is_not_found(world, asked):
    for page in ("list/", "list.xlsx", "files.zip"):
        assert world.client("league").get(f"/confirmation/{page}?{asked}").status_code == 404


def test_without_an_open_quarter_there_is_nothing_to_show(world, clock):
    clock("2020-01-01 10:00")
    client = world.client("league")
    assert "No enterprise has to file" in client.get("/confirmation/list/").text
    assert client.get("/confirmation/files.zip").status_code == 404
    with world.seen_from():
        assert db.session.scalars(select(Review)).all() == []
