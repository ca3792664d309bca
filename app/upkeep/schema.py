"""The schema of the database, brought up to date by its migrations."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade

from app.core.db import db


def is_at_head() -> bool:
    """Whether the database has all migrations; asks without starting Alembic."""
    folder = current_app.extensions["migrate"].directory
    heads = ScriptDirectory(folder).get_heads()
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)


def migrate_to_head() -> None:
    if not is_at_head():
        upgrade()
