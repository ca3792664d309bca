"""The one database handle, and the column types the models share."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_appbuilder import Model
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Numeric,
    TypeDecorator,
    event,
)
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

__all__ = ["Model", "Quantity", "UtcDateTime", "choice", "days_later", "db"]

# Named constraints, so that migrations can change them on SQLite as well; set before any
# model is imported, FAB's own among them.
Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# FAB's SQLA() keeps a second, empty MetaData; this way there is one for FAB's tables and ours.
db = SQLAlchemy(metadata=Model.metadata)


class Quantity(TypeDecorator[Decimal]):
    """An exact decimal on every database.

    SQLite has no decimal: there the value is kept as a whole number of the last place, so that
    sums stay exact and 18 digits survive.  Multiplying two such columns in SQL is therefore
    wrong; products are reckoned in Python.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int = 18, scale: int = 4) -> None:
        super().__init__(precision, scale)
        self.precision, self.scale = precision, scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(self.precision, self.scale))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return int(Decimal(value).scaleb(self.scale).to_integral_value())

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Nothing to do where the driver gives decimals, else one multiplication a figure.

        It takes the place of `process_result_value` and of what that is wrapped in: a region's
        quarter has a million figures.  The product is exact, for 18 digits are fewer than the 28
        of the context, and has *scale* places.
        """
        if dialect.name != "sqlite":
            return self.impl_instance.result_processor(dialect, coltype)
        last_place = Decimal(1).scaleb(-self.scale)
        return lambda value: None if value is None else value * last_place

    def coerce_compared_value(self, _op: Any, _value: Any) -> TypeEngine[Any]:
        return self


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, handed out aware, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone is not stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(kind: type[StrEnum], length: int = 32) -> Enum:
    """Store *kind* by its value, as text, so that migrations stay plain."""
    return Enum(
        kind,
        native_enum=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )


class days_later(FunctionElement[date]):  # noqa: N801  it is called like a function of SQL
    """``days_later(day, n)``: the day *n* days after the day of a column."""

    type = Date()
    inherit_cache = True


@compiles(days_later)
def _by_adding(element: days_later, compiler: Any, **arguments: Any) -> str:
    day, n = (compiler.process(one, **arguments) for one in element.clauses)
    return f"({day} + {n})"


@compiles(days_later, "sqlite")
def _by_its_function(element: days_later, compiler: Any, **arguments: Any) -> str:
    day, n = (compiler.process(one, **arguments) for one in element.clauses)
    return f"date({day}, {n} || ' days')"


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Make SQLite keep foreign keys, readers beside a writer, and let SQLAlchemy say BEGIN."""
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout = 30000",  # those who wait are not served in their order
        "journal_mode = WAL",
        "foreign_keys = ON",
        "synchronous = FULL",  # what was acknowledged is on the disk, even if the power goes
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "connect")
def _prepare_postgres(connection: Any, _record: object) -> None:
    """Let PostgreSQL plan every statement for the values it is asked with.

    What is prepared is planned for any value in the end, and then a range of places is taken for
    a two-hundredth of the rows: a report of the region, four such ranges in one statement, was
    nested in loops for minutes.
    """
    if type(connection).__module__.startswith("psycopg"):
        connection.prepare_threshold = None


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Begin; a unit of work that will write takes the write lock at once.

    A transaction that has read and then writes fails without waiting when another wrote in
    between; `app.core.unit` therefore asks for ``IMMEDIATE``.
    """
    if connection.dialect.name == "sqlite":
        mode = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")
