"""Every sum of every report is reckoned again from the raw rows, over random data."""

import random
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

import pytest
from sqlalchemy import select

from app.checks.products import LimitLevel
from app.checks.rules import Severity
from app.core.db import db
from app.enterprises.models import EnergyLevel, EnterpriseClass
from app.filings.sheets import SHEETS
from app.filings.sheets.project import ProjectStatus, ProjectType
from app.reports import carriers, status, water
from app.reports.alarms import alarm_table
from app.reports.behind import SHOWN, statement_behind, sums_behind
from app.reports.carriers import carrier_table
from app.reports.completeness import completeness_table
from app.reports.overview import (
    Measure,
    movers_table,
    parts_of,
    parts_table,
    tiles,
    trend_table,
)
from app.reports.products import product_tables
from app.reports.progress import HANDED_IN
from app.reports.projects import TOLD, project_tables
from app.reports.selection import Basis, By, Reach, Selection
from app.reports.status import status_table
from app.reports.summary import BEHIND
from app.reports.water import waste_table, water_table
from app.review.workflow import FINAL, State
from app.targets.products import Product
from tests.reports.at_random import CODES, INDUSTRIES, Raw, added, let_there_be

SEEDS = (1, 2)
SELECTIONS = 25
OVER = {"opening_stock": "first", "closing_stock": "last"}
OVER |= {"opening_storage": "first", "closing_storage": "last"}


@pytest.fixture(params=SEEDS)
def filed(request, world):
    """A region at random, looked at from everywhere, as raw rows and through the reports."""
    seed = request.param
    world.told(("reports at random", seed), lambda: let_there_be(world, seed))
    with world.seen_from(), world.app.test_request_context():
        yield Raw(), random.Random(seed)


def asked(raw, chance, **fixed):
    """A selection at random."""
    places = sorted({one["place"] for one in raw.filings.values()})
    place = chance.choice(places)
    chosen = {
        "year": chance.choice((2025, 2026)),
        "quarter": chance.choice((1, 2, 3, 4)),
        "reach": chance.choice(list(Reach)),
        "place": chance.choice(("", "", "150000/", place[:14], place[:21], place)),
        "industry": chance.choice(("", "", "", *INDUSTRIES)),
        "enterprise_class": chance.choice((None, None, None, *EnterpriseClass)),
        "level": chance.choice((None, None, None, *EnergyLevel)),
        "by": chance.choice((None, *By)),
        "basis": chance.choice(list(Basis)),
    }
    return Selection(**{**chosen, **fixed})


def rounded(value, places=2):
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def percent(part, whole):
    if part is None or whole is None or whole <= 0:
        return None
    return rounded(part * 100 / whole)


def ratio(part, whole, places=4):
    return rounded((part or 0) / whole, places) if whole and whole > 0 else None


def grouped(raw, what, rows):
    found = defaultdict(list)
    for filing, row in rows:
        found[raw.part(what, filing)].append((filing, row))
    return found


def of_line(line, what):
    """The figures of a line, without the words on its left."""
    return list(line.values)[2 if what.grouping is By.ENTERPRISE else 1 :]


def year_before(raw, what, rows, part):
    """Of enterprises with every quarter final in both years: how many, and both energies."""
    name = status.ENERGY[what.basis].key
    earlier = {
        (one["enterprise_id"], one["year"], one["quarter"]): row
        for one in raw.filings.values()
        if one["state"] in FINAL
        for other, row in raw.of("S1", [one])
    }
    pairs = defaultdict(list)
    for filing, row in rows:
        before = earlier.get((filing["enterprise_id"], filing["year"] - 1, filing["quarter"]))
        if before is not None:
            pairs[filing["enterprise_id"], part(filing)].append((row, before))
    whole = [pair for found in pairs.values() if len(found) == len(what.quarters) for pair in found]
    count = sum(1 for found in pairs.values() if len(found) == len(what.quarters))
    now = [row[name] for row, _before in whole if row[name] is not None]
    then = [row[name] for _row, row in whole if row[name] is not None]
    change = None
    if now and then and sum(then) > 0:
        change = rounded((sum(now) / sum(then) - 1) * 100)
    return [count, sum(then) if then else None, change]


def status_of(raw, what, rows, *, whole=False):
    """The figures of a line; in the *whole* an enterprise that stands in two lines is one."""

    def part(filing):
        return None if whole else raw.part(what, filing)

    energy = status.ENERGY[what.basis].key
    each = defaultdict(int)
    for filing, _row in rows:
        each[filing["enterprise_id"], part(filing)] += 1
    incomplete = sum(1 for count in each.values() if count < len(what.quarters))
    more = [added(rows, one.key) for one in status.MORE]
    output = added(rows, "gross_output_comparable")
    return [
        len({filing["enterprise_id"] for filing, _row in rows}),
        incomplete,
        len(rows),
        output,
        added(rows, "value_added"),
        added(rows, energy),
        *more,
        ratio(added(rows, energy), output),
        *year_before(raw, what, rows, part),
        sum(raw.is_late(filing) for filing, _row in rows),
    ]


def test_the_utilisation_table(filed):
    raw, chance = filed
    seen = 0
    for _n in range(SELECTIONS):
        what = asked(raw, chance)
        table = status_table(what)
        rows = raw.of("S1", raw.counted(what))
        parts = grouped(raw, what, rows)
        by_key = {str(key): found for key, found in parts.items()}
        assert {line.key for line in table.lines} == by_key.keys(), what
        for line in table.lines:
            assert of_line(line, what) == status_of(raw, what, by_key[line.key]), what
        if rows:
            assert of_line(table.foot, what) == status_of(raw, what, rows, whole=True), what
        seen += len(rows)
    assert seen > 30  # the selections are not all empty


def test_energy_by_carrier(filed):
    raw, chance = filed
    for _n in range(SELECTIONS):
        what = asked(raw, chance)
        table = carrier_table(what)
        rows = raw.of("S2", raw.counted(what))
        by_key = defaultdict(list)
        for filing, row in rows:
            by_key[row["key"]].append((filing, row))
        assert [line.key for line in table.lines] == sorted(by_key), what
        whole = added(rows, "consumption_tce") or Decimal(0)
        for line in table.lines:
            found = by_key[line.key]
            tce = added(found, "consumption_tce")
            quantity = added(found, "consumption_total")
            assert list(line.values)[2:] == [
                len({filing["enterprise_id"] for filing, _row in found}),
                len(found),
                *(added(found, n, what, OVER.get(n, "sum")) for n in carriers.QUANTITIES),
                added(found, "purchase_amount"),
                ratio(tce, quantity),
                added(found, "industrial_tce"),
                tce,
                percent(tce or Decimal(0), whole),
            ], what
        if rows:
            assert table.foot.values[-2] == whole
            assert table.foot.values[-3] == (added(rows, "industrial_tce") or 0)


def test_water(filed):
    raw, chance = filed
    for _n in range(SELECTIONS):
        what = asked(raw, chance)
        table = water_table(what)
        rows = raw.of("W1", raw.counted(what))
        outputs = {row["filing_id"]: row for row in raw.rows["S1"]}
        by_key = {str(key): found for key, found in grouped(raw, what, rows).items()}
        assert {line.key for line in table.lines} == by_key.keys(), what
        for line, found in [
            *((line, by_key[line.key]) for line in table.lines),
            *([(table.foot, rows)] if rows else []),
        ]:
            sums = {name: added(found, name) for name in water.WATER}
            output = added([(f, outputs[f["id"]]) for f, _row in found], "gross_output_comparable")
            intake = sums["intake_total"] or Decimal(0)
            unconventional = sum(
                (sums[n] or Decimal(0)
                 for n in ("intake_reclaimed", "intake_mine", "intake_rain_brackish")),
                Decimal(0),
            )  # fmt: skip
            figures = of_line(line, what)
            assert figures[0] == len({f["enterprise_id"] for f, _row in found})
            assert figures[1:] == [
                len(found),
                *sums.values(),
                percent(sums["reuse_total"] or Decimal(0), sums["water_use_total"]),
                percent(unconventional, intake),
                ratio(intake * 10000, output),
            ], what


def test_solid_waste(filed):
    raw, chance = filed
    for _n in range(SELECTIONS):
        what = asked(raw, chance)
        table = waste_table(what)
        rows = raw.of("R1", raw.counted(what))
        by_key = defaultdict(list)
        for filing, row in rows:
            by_key[row["key"]].append((filing, row))
        assert [line.key for line in table.lines] == sorted(by_key), what
        for line, found in [
            *((line, by_key[line.key]) for line in table.lines),
            *([(table.foot, rows)] if rows else []),
        ]:
            sums = {n: added(found, n, what, OVER.get(n, "sum")) for n in water.WASTE}
            known = {name: value or Decimal(0) for name, value in sums.items()}
            used = percent(known["utilised"], known["generated"] + known["utilised_prior"])
            disposed = percent(known["disposed"], known["generated"] + known["disposed_prior"])
            assert list(line.values)[3:] == [*sums.values(), used, disposed], what


def test_products_and_who_is_over_the_limit(filed):
    raw, chance = filed
    scales = dict(db.session.execute(select(Product.key, Product.scale_factor)).all())
    for _n in range(SELECTIONS):
        what = asked(raw, chance)
        table, over = product_tables(what)
        rows = raw.of("S6", raw.counted(what))
        by_key = defaultdict(list)
        for filing, row in rows:
            by_key[row["key"]].append((filing, row))
        assert [line.key for line in table.lines] == sorted(by_key), what
        for line in table.lines:
            found = by_key[line.key]
            energy, output = added(found, "numerator"), added(found, "denominator")
            value = None
            if output and output > 0:
                value = rounded((energy or Decimal(0)) / output * scales[line.key], 4)
            levels = [row["limit_level"] for _filing, row in found]
            assert [line.values[n] for n in (2, 3, 5, 7, 9)] == [
                len({filing["enterprise_id"] for filing, _row in found}),
                len(found),
                energy,
                output,
                value,
            ], what
            assert list(line.values)[10:] == [levels.count(one) for one in LimitLevel]
        too_much = [(filing, row) for filing, row in rows if row["limit_level"] is LimitLevel.OVER]
        assert {line.key for line in over.lines} == {
            f"{filing['id']} {row['key']}" for filing, row in too_much
        }
        assert all(line.values[-1] is not None for line in over.lines)


def test_projects_by_type_and_one_by_one(filed):
    raw, chance = filed
    for _n in range(SELECTIONS):
        what = asked(raw, chance)
        table, each = project_tables(what)
        rows = raw.of("S5", raw.counted(what))
        newest, saved = {}, defaultdict(list)
        for filing, row in sorted(rows, key=lambda one: one[0]["quarter"]):
            newest[filing["enterprise_id"], row["key"]] = (filing, row)
            saved[filing["enterprise_id"], row["key"]].append((filing, row))
        for line, kinds in [
            *((line, [ProjectType.named(line.key)]) for line in table.lines),
            *([(table.foot, list(ProjectType))] if newest else []),
        ]:
            mine = {key: one for key, one in newest.items() if one[1]["project_type"] in kinds}
            states = [row["status"] for _filing, row in mine.values()]
            actual = [row for key in mine for row in saved[key]]
            assert list(line.values)[1:] == [
                len(mine),
                *(states.count(one) for one in ProjectStatus),
                *(added(mine.values(), name) for name in TOLD),
                added(actual, "actual_saving"),
            ], what
        # the list below adds up to the foot
        if newest:
            assert len(each.lines) == table.foot.values[1]
            for at, name in enumerate((*TOLD, "actual_saving")):
                values = [line.values[7 + at] for line in each.lines]
                known = [value for value in values if value is not None]
                total = table.foot.values[2 + len(ProjectStatus) + at]
                assert (sum(known) if known else None) == total, name


def test_alarms_by_rule(filed):
    raw, chance = filed
    for _n in range(SELECTIONS):
        what = asked(raw, chance)
        table = alarm_table(what)
        newest = {}
        for one in raw.checkups.values():
            if one["number"] > newest.get(one["filing_id"], (0, 0))[0]:
                newest[one["filing_id"]] = (one["number"], one["id"])
        meant = {one["id"]: one for one in raw.meant(what) if one["id"] in newest}
        standing = [
            one
            for one in raw.alarms
            if one["filing_id"] in meant and newest[one["filing_id"]][1] == one["checkup_id"]
        ]
        found = {line.key: list(line.values)[3:] for line in table.lines}
        for code, severity in product(CODES, (Severity.WARNING, Severity.ERROR)):
            mine = [o for o in standing if (o["code"], o["severity"]) == (code, severity)]
            filings = {one["filing_id"] for one in mine}
            if not mine:
                assert f"{code} {severity}" not in found
                continue
            assert found[f"{code} {severity}"] == [
                len({meant[pk]["enterprise_id"] for pk in filings}),
                len(filings),
                len(mine),
                sum(one["explained"] for one in mine),
                percent(Decimal(len(filings)), Decimal(len(meant))),
            ], what


def test_completeness(filed):
    raw, chance = filed
    for _n in range(SELECTIONS):
        what = asked(raw, chance, by=chance.choice((By.LEAGUE, By.COUNTY)))
        table = completeness_table(what)
        its = {
            one["enterprise_id"]: one
            for one in raw.filings.values()
            if (one["year"], one["quarter"]) == (what.year, what.quarter)
        }
        parts = defaultdict(list)
        letters = 14 if what.by is By.LEAGUE else 21
        for one in raw.enterprises.values():
            if not one["place"].startswith(what.place):
                continue
            if not one["industry_code"].startswith(what.industry):
                continue
            if what.enterprise_class in (None, one["enterprise_class"]):
                parts[one["place"][:letters]].append(its.get(one["id"]))
        assert [line.key for line in table.lines] == sorted(parts), what
        everybody = [filing for filings in parts.values() for filing in filings]
        for line, filings in [
            *((line, parts[line.key]) for line in table.lines),
            *([(table.foot, everybody)] if parts else []),
        ]:
            states = [filing and filing["state"] for filing in filings]
            given = sum(1 for state in states if state in HANDED_IN)
            late = sum(
                1 for one in filings if one and one["state"] in HANDED_IN and raw.is_late(one)
            )
            done = sum(1 for state in states if state in FINAL)
            assert list(line.values)[2:] == [
                len(states),
                states.count(None),
                states.count(State.DRAFT),
                states.count(State.RETURNED),
                given - done,
                done,
                states.count(None) + states.count(State.DRAFT) + states.count(State.RETURNED),
                percent(Decimal(given), Decimal(len(states))),
                percent(Decimal(done), Decimal(len(states))),
                late,
                percent(Decimal(given - late), Decimal(given)),
            ], what
        order = sorted(table.lines, key=lambda line: line.values[1])
        shares = [line.values[9] for line in order]
        assert shares == sorted(shares, reverse=True)


def test_eight_quarters_and_who_moved_most(filed):
    raw, chance = filed
    for _n in range(SELECTIONS):
        what = asked(
            raw, chance, reach=Reach.QUARTER, year=2026, industry="", enterprise_class=None,
            level=None,
        )  # fmt: skip
        for line in trend_table(what).lines:
            year, quarter = int(line.key[:4]), int(line.key[5])
            then = Selection(year, quarter, Reach.QUARTER, place=what.place)
            rows = raw.of("S1", raw.counted(then))
            energy = added(rows, "comprehensive_energy_calorific")
            output = added(rows, "gross_output_comparable")
            assert list(line.values)[1:] == [len(rows), energy, output, ratio(energy, output)]
        rows = raw.of("S1", raw.counted(what))
        earlier = {
            one["enterprise_id"]: row["comprehensive_energy_calorific"]
            for one in raw.filings.values()
            if one["state"] in FINAL and (one["year"], one["quarter"]) == (2025, what.quarter)
            for _filing, row in raw.of("S1", [one])
        }
        moved = [
            abs(now - before)
            for filing, row in rows
            if (now := row["comprehensive_energy_calorific"]) is not None
            and (before := earlier.get(filing["enterprise_id"])) is not None
        ]
        found = [abs(line.values[4]) for line in movers_table(what).lines]
        assert found == sorted(moved, reverse=True)[: len(found)], what
        assert len(found) == min(len(moved), 10)


@pytest.mark.parametrize(
    ("sheet", "tables"),
    [
        ("S1", lambda what: [status_table(what)]),
        ("S2", lambda what: [carrier_table(what)]),
        ("S6", lambda what: product_tables(what)[:1]),
        ("W1", lambda what: [water_table(what)]),
        ("R1", lambda what: [waste_table(what)]),
    ],
)
def test_what_stands_behind_a_line_adds_up_to_it(filed, world, sheet, tables):
    raw, chance = filed
    kind = SHEETS[sheet]
    heads = {str(what.title): name for name, what in kind.fields().items()}
    compared = 0
    for _n in range(10):
        what = asked(raw, chance, level=None, enterprise_class=None)
        for table in tables(what):
            shown = [(at, heads[c.title]) for at, c in enumerate(table.columns) if c.title in heads]
            shown = [(at, name) for at, name in shown if name in SHOWN[sheet]]
            for line in table.lines:
                with world.app.test_request_context(line.ways[BEHIND]):
                    key = line.key if kind.sheet.keyed else ""
                    query = statement_behind(kind)
                    if key:
                        query = query.where(kind.key == key)
                    rows = db.session.scalars(query).all()
                    names = [name for _at, name in shown if name != "indicator_value"]
                    sums = dict(zip(names, sums_behind(kind, names, {"key": key}), strict=True))
                    for at, name in shown:
                        if name not in sums:
                            continue
                        at_hand = [
                            value
                            for row in rows
                            if (value := getattr(row, name)) is not None
                            and _counts(row.filing.quarter, name, what)
                        ]
                        total = sum(at_hand) if at_hand else None
                        assert line.values[at] == sums[name] == total, (what, name)
                        compared += 1
    assert compared > 20


def _counts(quarter, name, what):
    over = OVER.get(name)
    return over is None or quarter == what.quarters[0 if over == "first" else -1]


def test_the_parts_of_the_overview(filed):
    raw, chance = filed
    loud = {
        one["checkup_id"]
        for one in raw.alarms
        if one["severity"] is Severity.ERROR or not one["explained"]
    }
    newest = {}
    for one in sorted(raw.checkups.values(), key=lambda one: one["number"]):
        newest[one["filing_id"]] = one["id"]
    for _n in range(SELECTIONS):
        place = chance.choice(("", "150000/", "150000/150200/"))
        what = Selection(2026, chance.choice((1, 2, 3, 4)), Reach.QUARTER, place=place)
        parts = parts_of(what)
        table = {line.key: line.values for line in parts_table(what, parts).lines}
        for part in parts:
            there = [one for one in raw.enterprises.values() if one["place"].startswith(part.key)]
            given = [
                one
                for one in raw.filings.values()
                if one["enterprise_id"] in {e["id"] for e in there}
                and (one["year"], one["quarter"]) == (what.year, what.quarter)
                and one["state"] in HANDED_IN
            ]
            alarms = sum(newest.get(one["id"]) in loud for one in given)
            line = table[part.key]
            assert list(line)[1:4] == [
                len(there),
                len(there) - len(given),
                ratio(Decimal(len(given) * 100), Decimal(len(there)), 1),
            ]
            share = ratio(Decimal(alarms * 100), Decimal(len(given)), 1) if given else None
            assert list(line)[-2:] == [alarms, share], (what, part.key)
        shown = {one.code: one for one in tiles(what, parts, Measure.ALARMS)}
        for part in parts:
            tile = shown[part.key.split("/")[-2]]
            assert tile.value == table[part.key][-1]
            expected = "none" if part.loud is None else "good" if part.loud <= 10 else "middling"
            assert tile.tone == ("bad" if part.loud and part.loud > 30 else expected)
