"""The database of a test worker: prepared once, copied for every test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from app.core.db import db

READING = ("SELECT", "BEGIN", "PRAGMA", "SHOW", "SAVEPOINT", "RELEASE")


class Database(Protocol):
    url: str

    def prepare(self, app: Flask, settle: Callable[[Flask], None]) -> None: ...
    def renew(self, app: Flask) -> None: ...
    def another(self, name: str) -> str: ...


class Touched:
    """Whether anything but reading was done since the last copy."""

    def __init__(self) -> None:
        self.yes = True
        event.listen(Engine, "before_cursor_execute", self._look)

    def _look(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(READING) or "FOR UPDATE" in statement:
            self.yes = True


def let_go(app: Flask) -> None:
    """Close every connection, so that the database can be replaced."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class SqliteDatabase:
    def __init__(self, folder: Path) -> None:
        self.file, self.template = folder / "test.db", folder / "template.db"
        self.url, self.touched = f"sqlite:///{self.file}", Touched()

    def prepare(self, app: Flask, settle: Callable[[Flask], None]) -> None:
        settle(app)
        let_go(app)  # the last connection folds the write-ahead log into the file
        shutil.copy(self.file, self.template)

    def renew(self, app: Flask) -> None:
        let_go(app)
        if not self.touched.yes:
            return
        self.touched.yes = False
        for rest in self.file.parent.glob("test.db*"):
            rest.unlink()
        shutil.copy(self.template, self.file)

    def another(self, name: str) -> str:
        """The address of an empty database beside this one."""
        return f"sqlite:///{self.file.parent / name}.db"


class PostgresDatabase:
    def __init__(self, server: object, name: str) -> None:
        self.server, self.name, self.template = server, name, f"{name}_template"
        self.server.create_database(name)
        self.url, self.touched = self.server.url(name), Touched()

    def prepare(self, app: Flask, settle: Callable[[Flask], None]) -> None:
        settle(app)
        let_go(app)
        self.server.create_database(self.template, template=self.name)

    def renew(self, app: Flask) -> None:
        let_go(app)
        if not self.touched.yes:
            return
        self.touched.yes = False
        self.server.drop_database(self.name)
        self.server.create_database(self.name, template=self.template)

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
