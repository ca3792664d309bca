"""FAB's way to the database, without its commits: the unit of work is the only one that does."""

from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface


class DomainInterface(SQLAInterface):
    """Adds, edits and deletes within the open unit of work, and lets every error pass."""

    def add(self, item: Any, commit: bool = True) -> None:  # noqa: ARG002
        self.session.add(item)
        self.session.flush()

    def edit(self, item: Any, commit: bool = True) -> None:  # noqa: ARG002
        self.session.add(item)
        self.session.flush()

    def delete(self, item: Any, commit: bool = True) -> None:  # noqa: ARG002
        self.session.delete(item)
        self.session.flush()
