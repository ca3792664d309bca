"""The migrations make exactly the tables that the models describe, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, event, inspect, text

from app.core.db import db
from app.upkeep.schema import is_at_head, migrate_to_head
from tests.world import make_app


def test_the_database_is_what_the_models_say(app):
    with app.app_context(), db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def test_the_migrations_lead_down_and_up_again(app):
    with app.app_context():
        downgrade(revision="base")
        assert not is_at_head()
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade()
        assert is_at_head()
        migrate_to_head()  # nothing more to do


def test_starting_asks_the_database_nothing(app, database, tmp_path):

    asked = []

    def count(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        make_app(database.url, tmp_path)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert asked == []


def test_sqlite_keeps_foreign_keys_and_lets_readers_read(app):
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                assert connection.scalar(text("PRAGMA foreign_keys")) == 1
                assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
                assert connection.scalar(text("PRAGMA busy_timeout")) >= 5000
        else:
            assert db.session.scalar(text("SHOW server_encoding")) == "UTF8"
