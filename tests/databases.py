"""The database of a test worker: prepared once, and put back for every test."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from app.core.db import db

READING = ("SELECT", "BEGIN", "PRAGMA", "SHOW", "SAVEPOINT", "RELEASE")
BUILDING = ("CREATE", "ALTER", "DROP")
# Keeps the rows of all tables in a schema beside them, and where the sequences stand.
KEEP = """
CREATE SCHEMA kept;
CREATE TABLE kept.tables (name text PRIMARY KEY, rows bigint NOT NULL);
CREATE TABLE kept.mark (xid bigint NOT NULL);
DO $$
DECLARE one text; counted bigint;
BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', 'rows of ' || one, one);
    EXECUTE format('SELECT count(*) FROM public.%I', one) INTO counted;
    INSERT INTO kept.tables VALUES (one, counted);
  END LOOP;
END $$;
CREATE TABLE kept.sequences AS
  SELECT sequencename AS name, COALESCE(last_value, start_value) AS value,
         last_value IS NOT NULL AS called
  FROM pg_sequences WHERE schemaname = 'public';
INSERT INTO kept.mark SELECT pg_current_xact_id()::text::bigint;
"""
# A table is as it was when it has as many rows, and none that is newer than the last renewal.
# As a replica nothing fires: no trigger that keeps the journal, no foreign key.
RENEW = """
SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend';
SET LOCAL session_replication_role = replica;
DO $$
DECLARE one record; counted bigint; newest bigint; mark bigint;
BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
    EXCEPT SELECT name FROM kept.tables LOOP
    EXECUTE format('DROP TABLE public.%I CASCADE', one.tablename);
  END LOOP;
  SELECT xid INTO mark FROM kept.mark;
  FOR one IN SELECT * FROM kept.tables LOOP
    EXECUTE format('SELECT count(*), max(xmin::text::bigint) FROM public.%I', one.name)
      INTO counted, newest;
    IF counted <> one.rows OR newest > mark THEN
      EXECUTE format('DELETE FROM public.%I', one.name);
      EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I',
        one.name, 'rows of ' || one.name);
    END IF;
  END LOOP;
  PERFORM setval(format('public.%I', name)::regclass, value, called) FROM kept.sequences;
END $$;
UPDATE kept.mark SET xid = pg_current_xact_id()::text::bigint;
"""


class Database(Protocol):
    url: str

    def prepare(self, app: Flask, settle: Callable[[Flask], None]) -> None: ...
    def renew(self, app: Flask) -> None: ...
    def another(self, name: str) -> str: ...


class Touched:
    """Whether anything but reading was done since the last copy; whether a table was changed."""

    def __init__(self) -> None:
        self.yes = self.built = True
        event.listen(Engine, "before_cursor_execute", self._look)

    def _look(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(READING) or "FOR UPDATE" in statement:
            self.yes = True
            self.built = self.built or statement.lstrip().upper().startswith(BUILDING)


def let_go(app: Flask) -> None:
    """Close every connection, so that the database can be replaced."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class SqliteDatabase:
    def __init__(self, folder: Path) -> None:
        self.file, self.template = folder / "test.db", folder / "template.db"
        self.url, self.touched = f"sqlite:///{self.file}", Touched()
        self.is_served = False  # a server has it open as well

    def prepare(self, app: Flask, settle: Callable[[Flask], None]) -> None:
        settle(app)
        let_go(app)  # the last connection folds the write-ahead log into the file
        shutil.copy(self.file, self.template)

    def renew(self, app: Flask) -> None:
        let_go(app)
        if not self.touched.yes:
            return
        self.touched.yes = False
        if self.is_served:
            self._overwrite()
            return
        for rest in self.file.parent.glob("test.db*"):
            rest.unlink()
        shutil.copy(self.template, self.file)

    def _overwrite(self) -> None:
        """In one transaction, which whoever has it open sees: a new file they would not."""
        with (
            closing(sqlite3.connect(self.template)) as template,
            closing(sqlite3.connect(self.file, timeout=20)) as file,
        ):
            file.execute("PRAGMA synchronous = OFF")
            template.backup(file)

    def another(self, name: str) -> str:
        """The address of an empty database beside this one."""
        return f"sqlite:///{self.file.parent / name}.db"


class PostgresDatabase:
    """Rows are put back where they were: to copy a database takes PostgreSQL far longer."""

    def __init__(self, server: object, name: str) -> None:
        self.server, self.name, self.template = server, name, f"{name}_template"
        self.server.create_database(name)
        self.url, self.touched = self.server.url(name), Touched()

    def prepare(self, app: Flask, settle: Callable[[Flask], None]) -> None:
        settle(app)
        let_go(app)
        self.server.run(KEEP, self.name)
        self.server.create_database(self.template, template=self.name)
        self.touched.built = False

    def renew(self, app: Flask) -> None:
        let_go(app)
        if not self.touched.yes:
            return
        if self.touched.built:
            self.server.drop_database(self.name)
            self.server.create_database(self.name, template=self.template)
        else:
            self.server.run(RENEW, self.name)
        self.touched.yes = self.touched.built = False

    def another(self, name: str) -> str:
        """The address of an empty database beside this one."""
        name = f"{self.name}_{name}"
        self.server.drop_database(name)
        self.server.create_database(name)
        return self.server.url(name)


@contextmanager
def prepared_database(kind: str, folder: Path) -> Iterator[Database]:
    if kind == "sqlite":
        yield SqliteDatabase(folder)
        return
    postgres = pytest.importorskip("tests.postgres")
    with postgres.running_server() as server:
        yield PostgresDatabase(server, f"tumen_{folder.parent.name.replace('-', '_')}")
