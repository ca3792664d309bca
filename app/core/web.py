"""FAB's pages with their sharp edges filed off; every page of ours derives from these."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, request
from flask_appbuilder import BaseView, ModelView
from flask_appbuilder.const import PERMISSION_PREFIX
from flask_appbuilder.models.filters import Filters
from flask_babel import gettext as _
from sqlalchemy.orm.attributes import set_committed_value
from wtforms import HiddenField

from app.core.answers import answer_with
from app.core.db import db
from app.core.errors import DomainError, NotFound, Problem
from app.core.list_page import ListPage
from app.core.unit import unit_of_work

GREATEST_KEY = 2**31 - 1


def row_of(entity: type[Any], pk: object) -> Any:
    """The row with this key, if there is one that this person may see; else `NotFound`."""
    text = str(pk)
    if text.isascii() and text.isdigit() and 0 < int(text) <= GREATEST_KEY:
        found = db.session.get(entity, int(text))
        if found is not None:
            return found
    raise NotFound(_("There is no such record."))


class VersionField(HiddenField):
    """The version that the form showed: who saves an older one is told, not overwritten."""

    def populate_obj(self, obj: Any, name: str) -> None:
        text = str(self.data or "")
        set_committed_value(obj, name, int(text) if text.isdigit() else -1)


class DomainPage(BaseView):
    """A page without a table of its own behind it."""


class DomainView(ListPage, ModelView):
    """FAB's generated pages for one table, safe to give to people of many places.

    * Routes are a white list: FAB's ``download``, ``action`` and ``action_post`` reach rows and
      files around the filters, and do not exist here; ``delete`` only where a view says so.
    * Add, edit and delete are one unit of work with their hooks: FAB commits before ``post_*``
      and keeps what ``pre_*`` refused.  A refusal is shown on the form, with all that was typed.
    * FAB keeps a request's filters on the view, which all threads share; here each request has
      its own, and a relation given in the address must be one that this person may see.
    * Lists are drawn from a `Listing`, not from whatever column the address names.
    """

    include_route_methods = {"list", "show", "add", "edit"}
    add_form: Any  # FAB makes them from the columns
    edit_form: Any

    def _init_forms(self) -> None:
        super()._init_forms()
        if self.datamodel.obj.__mapper__.version_id_col is not None:
            self.edit_form = type("VersionedForm", (self.edit_form,), {"version": VersionField()})

    @property
    def _filters(self) -> Filters:
        name = f"filters of {type(self).__name__}"
        if name not in g:
            setattr(g, name, self.datamodel.get_filters(self.search_columns))
        return getattr(g, name)

    @_filters.setter
    def _filters(self, shared: Filters) -> None:
        """FAB hands over one for all requests; it is not kept."""

    def render_template(self, template: str, **context: Any) -> str:
        """Every page knows its view, and whether whoever asks may add a row, or change one."""
        may = {
            f"can_{name}": name in self.include_route_methods
            and self.appbuilder.sm.has_access(
                PERMISSION_PREFIX + self.get_method_permission(name), self.class_permission_name
            )
            for name in ("add", "edit")
        }
        shown = {"view": type(self).__name__, **may, **context}
        page: str = super().render_template(template, **shown)
        return page

    def found(self, pk: object) -> Any:
        """The row with this key among those this view shows to this person, or `NotFound`."""
        row = row_of(self.datamodel.obj, pk)
        if self.base_filters and self.datamodel.get(pk, self._base_filters) is None:
            raise NotFound(_("There is no such record."))
        return row

    def _fill_form_exclude_cols(self, exclude_cols: Any, form: Any) -> None:
        super()._fill_form_exclude_cols(exclude_cols, form)
        for column in exclude_cols:
            field = getattr(form, column, None)
            if field is not None and field.data is None:
                raise NotFound(_("There is no such record."))

    def _show(self, pk: Any) -> Any:
        self.found(pk)
        return super()._show(pk)

    def _add(self) -> Any:
        form = self.add_form.refresh()
        if request.method == "POST" and self._saved(form, self._add_from):
            flash(str(self.add_row_message), "success")
            return None
        return self._get_add_widget(form=form)

    def _edit(self, pk: Any) -> Any:
        item = self.found(pk)
        if request.method == "POST":
            form = self.edit_form.refresh(request.form)
            form._id = self.datamodel.get_pk_value(item)  # noqa: SLF001  FAB's Unique reads it
            if self._saved(form, lambda checked: self._edit_from(checked, pk)):
                flash(str(self.edit_row_message), "success")
                return None
        else:
            form = self.edit_form.refresh(obj=item)
            self.prefill_form(form, pk)
        return self._get_edit_widget(form=form)

    def _delete(self, pk: Any) -> None:
        with unit_of_work():
            item = self.found(pk)
            self.pre_delete(item)
            self.datamodel.delete(item)
            self.post_delete(item)
        flash(str(self.delete_row_message), "success")

    def _add_from(self, form: Any) -> None:
        item = self.datamodel.obj()
        form.populate_obj(item)
        self.pre_add(item)
        self.datamodel.add(item)
        self.post_add(item)

    def _edit_from(self, form: Any, pk: Any) -> None:
        item = self.found(pk)
        with db.session.no_autoflush:
            form.populate_obj(item)
            self.pre_update(item)
        self.datamodel.edit(item)
        self.post_update(item)

    def _saved(self, form: Any, write: Callable[[Any], None]) -> bool:
        """Whether *form* was right and *write* went through; else the form says why not."""

        def write_at_once(checked: Any) -> None:
            with unit_of_work():
                write(checked)

        return accepted(form, write_at_once)


def accepted(form: Any, act: Callable[[Any], None]) -> bool:
    """Whether *form* was right and *act*, given the form, did not refuse; else it says why."""
    if not form.validate():
        answer_with(422)
        return False
    try:
        act(form)
    except NotFound:
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
        for problem in error.details:
            _hang_on(form, problem)
        answer_with(error.status)
        return False
    return True


def _hang_on(form: Any, problem: Problem) -> None:
    """Show *problem* at its input, or above the form when it has none."""
    field = form._fields.get(problem.where)
    if field is None:
        flash(str(problem), "danger")
    else:
        field.errors = [*field.errors, str(problem)]
