"""``flask checks sweep``: the rules in force over a quarter, told in the terminal."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.core.db import db
from app.core.errors import NotFound
from app.core.period import Quarter
from app.core.unit import one_picture
from app.filings.rules.queries import rules_in_force
from app.regions.scope import EVERYWHERE, look_from
from app.rulebook.sweeping import sweep

checks = AppGroup("checks", help="The validation rules.")


def install_commands(app: Flask) -> None:
    app.cli.add_command(checks)


@checks.command("sweep")
@click.option("--period", required=True, help="A quarter, for example 2026Q2.")
def sweep_command(period: str) -> None:
    """Say how many filings each rule would alarm in; keeps nothing."""
    try:
        quarter = Quarter.parse(period)
    except NotFound:
        raise click.BadParameter(f"{period} is no quarter; one is like 2026Q2") from None
    look_from(db.session, EVERYWHERE)
    with one_picture():
        found = sweep(quarter, rules_in_force(quarter), _told)
    click.echo(f"{found.period}: {found.filings} filings, {len(found.swept)} rules")
    click.echo(f"{'rule':8}{'filings':>9}{'alarms':>9}{'not run':>9}")
    for one in found.swept:
        if one.hits or one.not_run:
            numbers = (len(one.filings), len(one.hits), len(one.not_run))
            click.echo(f"{one.rule.code:8}" + "".join(f"{number:>9}" for number in numbers))


def _told(done: int, whole: int) -> None:
    click.echo(f"{done} of {whole}", err=True)
