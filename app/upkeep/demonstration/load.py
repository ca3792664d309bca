"""Put the demonstration together, once, into an empty installation."""

from sqlalchemy import func, insert, select

from app.core.db import Model, db
from app.core.unit import unit_of_work
from app.enterprises.models import Enterprise
from app.filings.books import catalogues
from app.filings.models import ReportingPeriod
from app.regions.models import Region
from app.regions.scope import EVERYWHERE, Tier, look_from
from app.upkeep.demonstration.alarms import Froze
from app.upkeep.demonstration.calendar import (
    calendar_rows,
    write_extensions,
    write_special_days,
)
from app.upkeep.demonstration.catalogue import write_changes
from app.upkeep.demonstration.energy_forms import write_energy_forms
from app.upkeep.demonstration.filings import World, Writer
from app.upkeep.demonstration.inspection import write_documents
from app.upkeep.demonstration.life import write_life
from app.upkeep.demonstration.notices import write_notices
from app.upkeep.demonstration.people import accounts, as_rows, write_people
from app.upkeep.demonstration.registry import make_enterprises, write_enterprises
from app.upkeep.demonstration.steps import write_decisions
from app.upkeep.demonstration.story import PERIODS
from app.upkeep.demonstration.support import write_support
from app.upkeep.demonstration.switches import write_switches
from app.upkeep.demonstration.targets import TargetWriter

# the tables whose rows are written with numbers of their own
NUMBERED = (
    "enterprise filing review plan_target annual_target league_quota filing_checkup special_day "
    "extension"
).split()
# leagues without county review, and counties that differ from their league
SWITCHES = {"150300": False, "150900": False, "152900": False, "150206": False, "150302": True}


def is_loaded() -> bool:
    return db.session.scalar(select(Enterprise.id).limit(1)) is not None


def load_demonstration() -> list[dict[str, str]]:
    """Write everything in one transaction; returns the accounts, passwords included."""
    look_from(db.session, EVERYWHERE)
    regions = list(db.session.scalars(select(Region).where(Region.active).order_by(Region.path)))
    with unit_of_work():
        for region in regions:
            if region.code in SWITCHES:
                region.county_review = SWITCHES[region.code]
        db.session.flush()
        made = make_enterprises([r for r in regions if r.tier is Tier.COUNTY])
        write_enterprises(made)
        people = accounts(regions, [(one.number, one.place) for one in made])
        world = World(
            books={},
            county_review=_county_review(regions),
            people=write_people(people),
        )
        db.session.execute(insert(ReportingPeriod), calendar_rows())
        targets = TargetWriter(world.people)
        writer = Writer(world, targets)
        write_changes(world.people, writer.journal)
        world.books |= {period: catalogues(period) for period in PERIODS}
        places = {one.username: one.place for one in people}
        write_support(world.people, places, writer.journal)
        writer.write(made)
        targets.write(writer.journal)
        write_switches(made, world.people, writer.journal)
        write_energy_forms(made, world.people, writer.journal)
        write_documents(made, world.people, writer.journal)
        write_special_days(world.people, writer.journal)
        write_extensions(made, world.people, writer.journal)
        froze = Froze(writer.journal)
        froze.write(writer.told)
        write_decisions(writer.told, froze.seen, writer.journal)
        writer.journal.write()
        _set_sequences()
        write_life(world.people, places, regions)
        write_notices()
    return as_rows(people)


def _county_review(regions: list[Region]) -> dict[str, bool]:
    leagues = {r.path: bool(r.county_review) for r in regions if r.tier is Tier.LEAGUE}
    return {
        r.path: leagues[r.parent_path] if r.county_review is None else r.county_review
        for r in regions
        if r.tier is Tier.COUNTY
    }


def _set_sequences() -> None:
    """PostgreSQL gives out the next numbers after those that were written here."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in NUMBERED:
        last = select(func.max(Model.metadata.tables[table].c.id)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table, "id")
        db.session.execute(select(func.setval(sequence, last)))
