"""What the tests of supervision documents do again and again."""

from datetime import UTC, datetime
from io import BytesIO

from sqlalchemy import select

from app.core.db import db
from app.core.unit import unit_of_work
from app.core.uploads import storage
from app.inspection.duties import Duties
from app.inspection.models import InspectionFile
from app.inspection.operations import answer
from app.inspection.uploading import Details, upload
from tests.world import LEAGUE

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def entered(world, day="2020-01-01", *names):
    """Let the enterprises be entered on a day; all, unless *names* are told."""
    with world.seen_from(), unit_of_work():
        for name in names or ("Here", "Large", "Next", "There"):
            moment = datetime.fromisoformat(f"{day} 04:00").replace(tzinfo=UTC)
            world.enterprise(name).created_at = moment


def hand_in(world, code, year, who="confirmer", name="Here", content=b"", **details):
    """The number of the file that was uploaded."""
    with world.acting(who) as actor:
        file = upload(
            world.enterprise(name),
            year,
            code,
            BytesIO(PDF + content),
            f"{code}.pdf",
            Details(**details),
            storage=storage(),
            actor=actor,
        )
        db.session.flush()
        return file.id


def say(world, question, yes, who="confirmer", name="Here", shown=0, reason="none of it here"):
    with world.acting(who) as actor:
        answer(world.enterprise(name), question, yes=yes, reason=reason, shown=shown, actor=actor)


def states(world, year, name="Here", place=None):
    """The states of one enterprise, by code (and quarter), as both readings tell them."""
    with world.seen_from(LEAGUE if place is None and name != "There" else place):
        duties = Duties(year, numbers=[world.enterprise(name).id])
        rows = duties.rows().add_columns(duties.state)
        found = {}
        for duty, state in db.session.execute(rows.order_by(*duties.order)):
            assert duty.state.value == state, duty
            key = f"{duty.document.code}Q{duty.quarter}" if duty.quarter else duty.document.code
            found[key] = (state, duty.due_on)
        return found


def files(world):
    """Every file, as it is kept."""
    with world.seen_from():
        query = select(InspectionFile).order_by(InspectionFile.id)
        return [
            (f.code, f.part, f.year, f.quarter, f.number, f.replaced_year)
            for f in db.session.scalars(query)
        ]
