"""Alembic's environment: our one MetaData, on whatever database is configured."""

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from app.core.db import Quantity, UtcDateTime, db


def render_item(kind: str, item: object, _autogen: AutogenContext) -> str | bool:
    """Our column types, written as they are called."""
    if kind == "type" and isinstance(item, Quantity):
        return f"app.core.db.Quantity({item.precision}, {item.scale})"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "app.core.db.UtcDateTime()"
    return False


def leave_out_empty(_context: object, _revision: object, directives: list) -> None:
    if (
        getattr(context.config.cmd_opts, "autogenerate", False)
        and directives[0].upgrade_ops.is_empty()
    ):
        directives[:] = []


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Not the tables of Huey's, if HUEY_URL names this database."""
    return kind != "table" or not (name or "").startswith("huey_")


def run() -> None:
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            include_name=is_ours,
            process_revision_directives=leave_out_empty,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
