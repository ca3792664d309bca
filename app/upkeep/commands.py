"""The commands of the installation: ``flask roles sync``, ``flask audit verify``, ..."""

import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError

from app.accounts.operations import synchronise_roles
from app.core.db import db
from app.core.unit import one_picture, unit_of_work
from app.enterprises.classes import bring_classes_in_step
from app.enterprises.moves import carry_out_due
from app.jobs.worker import Worker
from app.regions.scope import EVERYWHERE, look_from
from app.upkeep.levels import settle_levels
from app.upkeep.reference import load_reference_data
from app.upkeep.schema import is_at_head
from app.upkeep.verify import everything_wrong

roles = AppGroup("roles", help="Roles and rights.")
reference = AppGroup("reference", help="Regions, industries, carriers.")
audit = AppGroup("audit", help="The journal and the submitted versions.")
levels = AppGroup("levels", help="The energy level of enterprises.")
jobs = AppGroup("jobs", help="Work that nobody waits for.")


moves = AppGroup("moves", help="Enterprises that go to another county.")


def install_commands(app: Flask) -> None:
    for group in (roles, reference, audit, levels, jobs, moves):
        app.cli.add_command(group)


def _begin() -> None:
    """See everything, in a database that is set up; one clear line if it is not."""
    try:
        ready = is_at_head()
    except OperationalError as error:
        why = str(error.orig).strip().splitlines()[0]
        raise click.ClickException(f"the database cannot be reached ({why})") from None
    if not ready:
        raise click.ClickException(
            f"{db.engine.url.render_as_string()} is not set up or not up to date: flask db upgrade"
        )
    look_from(db.session, EVERYWHERE)


@roles.command("sync")
def sync() -> None:
    """Give the database every right that a page asks for, and the roles that come with us."""
    _begin()
    with unit_of_work():
        done = synchronise_roles(current_app.appbuilder)  # type: ignore[attr-defined]
    click.echo(f"rights added: {done.added}, removed: {done.removed}")


@reference.command("load")
def load() -> None:
    """Add the regions, industries and carriers that are missing."""
    _begin()
    with unit_of_work():
        added = load_reference_data()
    click.echo(f"rows added: {added}")


@audit.command("verify")
def verify() -> None:
    """Recompute every chain and every version; name the first broken link, end with status 1."""
    _begin()
    with one_picture():
        wrong = everything_wrong()
    for line in wrong:
        click.echo(line)
    if wrong:
        sys.exit(1)
    click.echo("every chain, version and decision holds")


@levels.command("settle")
@click.argument("year", type=click.IntRange(2000, 2100))
def settle(year: int) -> None:
    """Set the levels of YEAR from last year's final figures (FM-20), let its classes begin."""
    _begin()
    with unit_of_work():
        done = settle_levels(year)
        begun = bring_classes_in_step(year)
    click.echo(f"levels of {year} written: {done.written}, unchanged: {done.unchanged}")
    for title, those in (("up", done.up), ("down", done.down)):
        for one in those:
            click.echo(f"{title}: {one.number} {one.name} {one.energy} tce")
    for one in done.unset:
        click.echo(f"not set: {one.number} {one.name}: {one.why}")
    click.echo(f"set by hand and left alone: {len(done.by_hand)}")
    click.echo(f"classes that begin: {begun}")


@moves.command("carry-out")
def carry_out() -> None:
    """Carry out the agreed moves whose day has come; once a day."""
    _begin()
    with unit_of_work():
        done = carry_out_due()
    click.echo(f"moves carried out: {done}")


@jobs.command("work")
def work() -> None:
    """Do the jobs, until told to stop; for installations that do not let run.py do them."""
    _begin()
    db.session.remove()
    Worker(current_app._get_current_object()).run()  # type: ignore[attr-defined]  # noqa: SLF001
