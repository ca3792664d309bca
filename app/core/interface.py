"""FAB's way to the database, without its commits: the unit of work is the only one that does."""

from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import Column


class DomainInterface(SQLAInterface):
    """Adds, edits and deletes within the open unit of work, and lets every error pass."""

    def __init__(self, obj: Any, session: Any = None) -> None:
        super().__init__(obj, session)
        # what only a query fills in is no column to make an input of
        computed = [name for name, one in self.list_columns.items() if not isinstance(one, Column)]
        for name in computed:
            del self.list_columns[name], self.list_properties[name]

    def add(self, item: Any, commit: bool = True) -> None:  # noqa: ARG002
        self.session.add(item)
        self.session.flush()

    def edit(self, item: Any, commit: bool = True) -> None:  # noqa: ARG002
        self.session.add(item)
        self.session.flush()

    def delete(self, item: Any, commit: bool = True) -> None:  # noqa: ARG002
        self.session.delete(item)
        self.session.flush()
