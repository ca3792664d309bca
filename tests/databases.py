"""The database of a test worker: prepared once, and put back for every test."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha1
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest
from flask import Flask, has_app_context
from sqlalchemy import Engine, event

from app.core.db import db

READING = ("SELECT", "BEGIN", "PRAGMA", "SHOW", "SAVEPOINT", "RELEASE")
BUILDING = ("CREATE", "ALTER", "DROP")
# Keeps the rows of all tables in a schema beside them, and where the sequences stand; and makes the
# function that renews them, which names each table, so that it is planned once a connection.
KEEP = """
CREATE SCHEMA kept;
CREATE TABLE kept.tables (name text PRIMARY KEY, rows bigint NOT NULL);
CREATE TABLE kept.mark (xid bigint NOT NULL);
DO $$
DECLARE one text; counted bigint; steps text := '';
BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', 'rows of ' || one, one);
    EXECUTE format('SELECT count(*) FROM public.%I', one) INTO counted;
    INSERT INTO kept.tables VALUES (one, counted);
    steps := steps || format($step$
      SELECT count(*), max(xmin::text::bigint) INTO counted, newest FROM public.%1$I;
      IF counted <> %2$s OR newest > mark THEN
        DELETE FROM public.%1$I;
        INSERT INTO public.%1$I SELECT * FROM kept.%3$I;
      END IF;
    $step$, one, counted, 'rows of ' || one);
  END LOOP;
  CREATE TABLE kept.sequences AS
    SELECT format('public.%I', sequencename)::regclass AS sequence,
           COALESCE(last_value, start_value) AS value, last_value IS NOT NULL AS called
    FROM pg_sequences WHERE schemaname = 'public';
  EXECUTE format($renew$
    CREATE FUNCTION kept.renew() RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE one record; counted bigint; newest bigint; mark bigint;
    BEGIN
      FOR one IN SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        EXCEPT SELECT name FROM kept.tables LOOP
        EXECUTE format('DROP TABLE public.%%I CASCADE', one.relname);
      END LOOP;
      SELECT xid INTO mark FROM kept.mark;
      %s
      PERFORM setval(sequence, value, called) FROM kept.sequences;
      UPDATE kept.mark SET xid = pg_current_xact_id()::text::bigint;
    END $body$
  $renew$, steps);
END $$;
INSERT INTO kept.mark SELECT pg_current_xact_id()::text::bigint;
"""
# A table is as it was when it has as many rows, and none that is newer than the last renewal.
# As a replica nothing fires: no trigger that keeps the journal, no foreign key.
RENEW = """
SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend';
SET LOCAL session_replication_role = replica;
SELECT kept.renew();
"""


# What a story has changed since the last renewal, kept as the prepared rows are.
KEEP_STORY = """
CREATE SCHEMA "{story}";
DO $$
DECLARE one record; counted bigint; newest bigint; mark bigint;
BEGIN
  SELECT xid INTO mark FROM kept.mark;
  FOR one IN SELECT * FROM kept.tables LOOP
    EXECUTE format('SELECT count(*), max(xmin::text::bigint) FROM public.%I', one.name)
      INTO counted, newest;
    IF counted <> one.rows OR newest > mark THEN
      EXECUTE format('CREATE TABLE "{story}".%I AS TABLE public.%I', one.name, one.name);
    END IF;
  END LOOP;
END $$;
CREATE TABLE "{story}"."of sequences" AS
  SELECT sequencename AS name, COALESCE(last_value, start_value) AS value,
         last_value IS NOT NULL AS called
  FROM pg_sequences WHERE schemaname = 'public';
"""
# Over prepared rows: the next renewal finds them newer than its mark.
TELL = """
SET LOCAL session_replication_role = replica;
DO $$
DECLARE one text;
BEGIN
  FOR one IN SELECT tablename FROM pg_tables
    WHERE schemaname = '{story}' AND tablename <> 'of sequences' LOOP
    EXECUTE format('DELETE FROM public.%I', one);
    EXECUTE format('INSERT INTO public.%I SELECT * FROM "{story}".%I', one, one);
  END LOOP;
  PERFORM setval(format('public.%I', name)::regclass, value, called)
    FROM "{story}"."of sequences";
END $$;
"""
DEAR = 0.3  # seconds
Told = TypeVar("Told")
Story = tuple[object, ...]  # the chapters that have been told since the database was prepared


class Database(Protocol):
    url: str

    def prepare(self, app: Flask, settle: Callable[[Flask], None]) -> None: ...
    def renew(self, app: Flask) -> None: ...
    def another(self, name: str) -> str: ...
    def tell(self, app: Flask, chapter: object, do: Callable[[], Told]) -> Told: ...


class Stories:
    """How tests begin, kept once it was dear or has been told twice: most of them begin alike.

    A chapter (a filing filled in, a step taken) is told by what it does; when the same chapters
    have come one after another, with nothing but reading between, the database is put where
    they end.
    """

    def __init__(self) -> None:
        self.so_far: Story | None = ()  # None: something else was written meanwhile
        self.known: dict[Story, object] = {}
        self.begun: set[Story] = set()

    def tell(
        self,
        touched: "Touched",
        chapter: object,
        do: Callable[[], Told],
        *,
        put: Callable[[Story], None],
        keep: Callable[[Story], None],
    ) -> Told:
        if touched.since_story or has_app_context():
            self.so_far = None
        if self.so_far is None:
            return do()
        story = (*self.so_far, chapter)
        if story in self.known:
            put(story)
            told: Any = self.known[story]
        else:
            began = time.perf_counter()
            told = do()
            if story in self.begun or time.perf_counter() - began > DEAR:
                keep(story)
                self.known[story] = told
            self.begun.add(story)
        self.so_far, touched.since_story, touched.yes = story, False, True
        return told  # type: ignore[no-any-return]


class Touched:
    """Whether anything but reading was done since the last copy; whether a table was changed."""

    def __init__(self) -> None:
        self.yes = self.built = self.since_story = True
        event.listen(Engine, "before_cursor_execute", self._look)

    def _look(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(READING) or "FOR UPDATE" in statement:
            self.yes = self.since_story = True
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
        self.stories = Stories()

    def prepare(self, app: Flask, settle: Callable[[Flask], None]) -> None:
        settle(app)
        let_go(app)  # the last connection folds the write-ahead log into the file
        shutil.copy(self.file, self.template)

    def renew(self, app: Flask) -> None:
        let_go(app)
        if self.touched.yes:
            self._put(self.template)
        self.touched.yes = self.touched.since_story = False
        self.stories.so_far = ()

    def tell(self, app: Flask, chapter: object, do: Callable[[], Told]) -> Told:
        if self.is_served:  # what the server writes is not seen from here
            self.touched.since_story = True

        def kept(story: Story) -> Path:
            return self.file.parent / f"{sha1(repr(story).encode()).hexdigest()}.db"  # noqa: S324

        def put(story: Story) -> None:
            let_go(app)
            self._put(kept(story))

        def keep(story: Story) -> None:
            let_go(app)
            shutil.copy(self.file, kept(story))

        return self.stories.tell(self.touched, chapter, do, put=put, keep=keep)

    def _put(self, template: Path) -> None:
        if self.is_served:
            self._overwrite(template)
            return
        for rest in self.file.parent.glob("test.db*"):
            rest.unlink()
        shutil.copy(template, self.file)

    def _overwrite(self, source: Path) -> None:
        """In one transaction, which whoever has it open sees: a new file they would not."""
        with (
            closing(sqlite3.connect(source)) as template,
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
        self.stories = Stories()
        self.connection: Any = None  # on which the plans of the renewal are kept

    def _run(self, statements: str) -> None:
        """As one transaction, on a connection that stays."""
        if self.connection is None:
            self.connection = self.server.connect(self.name)
        self.connection.execute(statements)

    def _let_go(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def prepare(self, app: Flask, settle: Callable[[Flask], None]) -> None:
        settle(app)
        let_go(app)
        self._run(KEEP)
        self._let_go()  # a database that somebody uses is not copied
        self.server.create_database(self.template, template=self.name)
        self.touched.built = False

    def renew(self, app: Flask) -> None:
        let_go(app)
        if self.touched.yes and self.touched.built:
            self._let_go()
            self.server.drop_database(self.name)
            self.server.create_database(self.name, template=self.template)
            self.stories = Stories()  # they lay in the database
        elif self.touched.yes:
            self._run(RENEW)
        self.touched.yes = self.touched.built = self.touched.since_story = False
        self.stories.so_far = ()

    def tell(self, app: Flask, chapter: object, do: Callable[[], Told]) -> Told:
        def kept(story: Story) -> str:
            return f"story {sha1(repr(story).encode()).hexdigest()}"  # noqa: S324

        def put(story: Story) -> None:
            let_go(app)
            self._run(RENEW)  # apart, so that what is told is newer than its mark
            self._run(TELL.format(story=kept(story)))

        def keep(story: Story) -> None:
            let_go(app)
            self._run(KEEP_STORY.format(story=kept(story)))

        return self.stories.tell(self.touched, chapter, do, put=put, keep=keep)

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
