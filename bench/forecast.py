"""How far off the forecast of a year is on the demonstration's past years, and two baselines.

Run ``.venv/bin/python -m bench.forecast``.  It loads the demonstration into a
database of its own and prints the mean absolute percentage error over the enterprises, for
each number of known quarters; then how many years ended within the band.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from sqlalchemy import select

from app import create_app
from app.accounts.grants import synchronise_roles
from app.checks.forecast import (
    Year,
    band,
    deviation,
    last_years_share,
    season,
    seasonal_run_rate,
    straight_line,
)
from app.core.db import db
from app.core.unit import unit_of_work
from app.filings.models import Filing
from app.filings.sheets.profile import ProfileRow
from app.regions.scope import EVERYWHERE, look_from
from app.upkeep.demonstration.load import load_demonstration
from app.upkeep.reference import load_reference_data
from app.upkeep.schema import migrate_to_head

History = dict[int, dict[int, Year]]  # by enterprise and year, whole years only


def history() -> tuple[History, dict[int, str]]:
    """The whole years of every enterprise, and its industry."""
    quarters: dict[tuple[int, int], dict[int, Decimal]] = defaultdict(dict)
    industries = {}
    query = select(
        Filing.enterprise_id,
        Filing.year,
        Filing.quarter,
        Filing.industry_code,
        ProfileRow.comprehensive_energy_calorific,
    ).join(ProfileRow, ProfileRow.filing_id == Filing.id)
    for pk, year, quarter, industry, energy in db.session.execute(query):
        quarters[pk, year][quarter] = energy or Decimal(0)
        industries[pk] = industry
    found: History = defaultdict(dict)
    for (pk, year), known in quarters.items():
        if len(known) == 4:
            found[pk][year] = [known[n] for n in (1, 2, 3, 4)]
    return found, industries


def error(forecast: Decimal | None, actual: Decimal) -> Decimal | None:
    return None if forecast is None else abs(forecast / actual - 1) * 100


def measure(found: History, industries: dict[int, str], quarter: int) -> tuple[list[str], str]:
    """A line of the table, and how well the band of the other half held one half."""
    errors: dict[str, list[Decimal]] = defaultdict(list)
    outcomes: list[tuple[int, Decimal, Decimal]] = []
    for pk, years in found.items():
        for year, actual in years.items():
            if year - 1 not in years or sum(actual) <= 0:
                continue
            group = [
                past
                for other, theirs in found.items()
                if industries[other] == industries[pk]
                for before, past in theirs.items()
                if before < year
            ]
            own = [past for before, past in years.items() if before < year]
            last = years[year - 1]
            total, done = sum(actual, Decimal(0)), actual[:quarter]
            ours = seasonal_run_rate(done, season(own, group), sum(last, Decimal(0)))
            for name, guess in (
                ("seasonal run rate", ours),
                ("last year's share", last_years_share(done, last)),
                ("straight line", straight_line(done)),
            ):
                if (off := error(guess, total)) is not None:
                    errors[name].append(off)
            if ours is not None and (off := deviation(ours, total)) is not None:
                outcomes.append((pk, ours, off))
    line = [f"{mean(errors[name]):8.2f}" if errors[name] else "       -" for name in NAMES]
    return line, held(outcomes)


NAMES = ("seasonal run rate", "last year's share", "straight line")


def held(outcomes: Sequence[tuple[int, Decimal, Decimal]]) -> str:
    """The band is made of the even enterprises and asked about the odd ones."""
    past = [off for pk, _guess, off in outcomes if pk % 2 == 0]
    asked = [(guess, off) for pk, guess, off in outcomes if pk % 2]
    inside = 0
    for guess, off in asked:
        around = band(guess, past)
        inside += around is not None and around.low <= guess * (1 + off) <= around.high
    return f"{inside / len(asked) * 100:8.1f}"


def main() -> None:
    with TemporaryDirectory() as folder:
        app = create_app(
            SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/demo.db",
            UPLOAD_FOLDER=str(Path(folder) / "uploads"),
            INSTANCE_FOLDER=folder,
            SECRET_KEY="only to measure",  # noqa: S106
        )
        with app.app_context():
            migrate_to_head()
            look_from(db.session, EVERYWHERE)
            with unit_of_work():
                synchronise_roles(app.appbuilder)
                load_reference_data()
            load_demonstration()
            found, industries = history()
            db.session.remove()
            db.engine.dispose()
    print("mean absolute percentage error of the year's total; years that ended in the band, %")
    print("known quarters  " + "  ".join(NAMES) + "  in the band")
    for quarter in range(4):
        line, inside = measure(found, industries, quarter)
        widths = zip(NAMES, line, strict=True)
        cells = "  ".join(text.rjust(len(name)) for name, text in widths)
        print(f"{quarter:14}  {cells}  {inside:>11}")


if __name__ == "__main__":
    main()
