"""The catalogue of documents, which the region keeps year by year."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from app.accounts.models import actor_of
from app.core.clock import today
from app.core.dated import in_force, until_next
from app.core.enums import Labelled
from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing, row_link
from app.core.period import Quarter
from app.core.unit import unit_of_work
from app.core.web import DomainView
from app.inspection.catalogue import correct, is_fixed, put_in_force, take_away
from app.inspection.kinds import Frequency, Necessity, Question, Template
from app.inspection.listing import year_asked
from app.inspection.models import InspectionDocument
from app.inspection.sources import SOURCES
from app.inspection.uploading import years_open

AHEAD = 2  # years to come that the list offers


def _years() -> list[tuple[str, str]]:
    years = range(years_open().start, today().year + AHEAD + 1)
    return [(str(year), str(year)) for year in reversed(years)]


def _of(kind: type[Labelled]) -> Any:
    return lambda: [(one.value, str(one.label)) for one in kind]


def _or_none(kind: type[Labelled]) -> Any:
    return lambda: [("", "—"), *_of(kind)()]


def _sources() -> list[tuple[str, str]]:
    return [("", _("Uploaded here")), *((key, str(one.label)) for key, one in SOURCES.items())]


def _text(title: object, most: int, *validators: object, description: object = "") -> StringField:
    return StringField(
        title,
        filters=[lambda text: (text or "").strip()],
        validators=[Length(max=most), *validators],
        description=description,
    )


def _long(title: object, most: int) -> TextAreaField:
    return TextAreaField(
        title, filters=[lambda text: (text or "").strip()], validators=[Length(max=most)]
    )


NEEDED = InputRequired()
FIELDS = {
    "chapter_no": IntegerField(
        _l("Number of the chapter"), validators=[NEEDED, NumberRange(1, 99)]
    ),
    "chapter_zh": _text(_l("Chapter in Chinese"), 60, NEEDED),
    "chapter_en": _text(_l("Chapter in English"), 120, NEEDED),
    "item_no": _text(_l("Number of the item"), 8, NEEDED, Regexp(r"\d{1,2}\.\d{1,2}$")),
    "item_zh": _text(_l("Item in Chinese"), 60, NEEDED),
    "item_en": _text(_l("Item in English"), 120, NEEDED),
    "name_zh": _text(_l("Name in Chinese"), 80, NEEDED),
    "name_en": _text(_l("Name in English"), 160, NEEDED),
    "frequency": SelectField(_l("How often"), choices=_of(Frequency), validators=[NEEDED]),
    "frequency_zh": _text(_l("How often, in the words of the document"), 80),
    "due_month": IntegerField(
        _l("Month at whose end it is due"),
        description=_l("Empty: January, or December of what is asked for once a year."),
        validators=[Optional(), NumberRange(1, 12)],
    ),
    "necessity": SelectField(_l("Required"), choices=_of(Necessity), validators=[NEEDED]),
    "question": SelectField(
        _l("Question on which it depends"),
        choices=_or_none(Question),
        description=_l("Of what is not required of all."),
    ),
    "template": SelectField(_l("Form or example"), choices=_or_none(Template)),
    "several": BooleanField(_l("Several files may lie side by side"), default=False),
    "expires": BooleanField(_l("A certificate, which says until when it is valid"), default=False),
    "parts_zh": _text(_l("Parts in Chinese"), 120, description=_l("Told apart by a slash.")),
    "parts_en": _text(_l("Parts in English"), 160, description=_l("Told apart by a slash.")),
    "taken_from": SelectField(_l("Where it comes from"), choices=_sources),
    "content_zh": _long(_l("What it has to say, in Chinese"), 400),
    "content_en": _long(_l("What it has to say, in English"), 600),
    "in_use": BooleanField(
        _l("Asked for"),
        default=True,
        description=_l("A document is given up by a row that is not asked for."),
    ),
    "source": _text(_l("Standard or document"), 200, NEEDED),
    "reason": _text(_l("Reason"), 500),
}
VALUES = [name for name in FIELDS if name not in ("source", "reason")]


def _start() -> Any:
    return select(InspectionDocument).options(until_next(InspectionDocument))


def _until(row: InspectionDocument) -> str:
    return "" if row.until is None else str(row.until.year)


def _in_year(value: str) -> Any:
    return in_force(InspectionDocument, Quarter(year_asked({"year": value}), 1).index)


class InspectionDocumentView(DomainView):
    datamodel = DomainInterface(InspectionDocument)
    route_base = "/inspection-catalogue"
    class_permission_name = "InspectionCatalogue"
    include_route_methods = {"list", "page", "add", "edit", "remove"}
    base_permissions = ["can_list", "can_add", "can_edit", "can_delete", "can_export"]
    list_title = _l("Catalogue of supervision documents")
    add_title = _l("Add a document, or what it becomes")
    edit_title = _l("Change a document")
    list_columns = search_columns = ["code"]
    add_columns = ["code", "from_year", *FIELDS]
    edit_columns = list(FIELDS)
    edit_form_extra_fields = FIELDS
    add_form_extra_fields = {
        "code": _text(_l("Code"), 8, NEEDED, Regexp(r"[A-Z]\d{4}$")),
        "from_year": IntegerField(
            _l("In force from the year"),
            default=lambda: today().year + 1,
            description=_l("Until the next row of the same code; years that are over stay."),
            validators=[NEEDED, NumberRange(2001, 2099)],
        ),
        **FIELDS,
    }
    listing = Listing(
        start=_start,
        columns=(
            Column(
                "code",
                _l("Document"),
                row_link("InspectionDocumentView.page", lambda r: f"{r.code} {r.name}"),
                sort=InspectionDocument.code,
                wide=True,
            ),
            Column("chapter", _l("Chapter"), lambda r: r.chapter, wide=True),
            Column("item", _l("Item"), lambda r: r.item, wide=True),
            Column("often", _l("How often"), lambda r: r.how_often, wide=True),
            Column("needed", _l("Required"), lambda r: r.necessity.label, whole=True),
            Column("from", _l("In force from"), lambda r: str(r.since.year)),
            Column("until", _l("Until"), _until),
            Column("state", _l("Validity"), lambda r: r.standing),
            Column("in_use", _l("Asked for"), lambda r: _("yes") if r.in_use else _("no")),
            Column("source", _l("Standard or document"), lambda r: r.source, hidden=True),
        ),
        order=(
            InspectionDocument.chapter_no,
            InspectionDocument.item_no,
            InspectionDocument.code,
            InspectionDocument.from_year.desc(),
        ),
        filters=(Filter("year", _l("In force in"), _in_year, choices=_years),),
    )

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def page(self, pk: int) -> str:
        one = _start().where(InspectionDocument.id == self.found(pk).id)
        row = self.datamodel.session.scalars(one.execution_options(populate_existing=True)).one()
        return self.render_template(
            "inspection/document.html",
            row=row,
            title=f"{row.code} {row.name}",
            until=_until(row),
            source=SOURCES.get(row.taken_from),
            fixed=is_fixed(row),
            removable=not is_fixed(row) and self._may("can_delete"),
        )

    @expose("/<int:pk>/delete", methods=["POST"])
    @has_access
    @permission_name("delete")
    def remove(self, pk: int) -> Response:
        with unit_of_work():
            take_away(self.found(pk), actor=actor_of(g.user))
        flash(_("The row has been deleted."), "success")
        return redirect(url_for("InspectionDocumentView.list"))

    def _get_add_widget(self, form: Any = None, **arguments: Any) -> Any:
        """What a document becomes begins with what it is: the address names the row."""
        pk = request.args.get("like", "")
        if request.method == "GET" and pk:
            row = self.found(pk)
            for name in ("code", *FIELDS):
                field, value = form[name], getattr(row, name)
                field.data = getattr(value, "value", value) if value is not None else ""
            form.reason.data = ""
        return super()._get_add_widget(form=form, **arguments)

    def _add_from(self, form: Any) -> None:
        row = InspectionDocument(
            code=form.code.data,
            from_year=form.from_year.data,
            from_quarter=1,
            **_values(form),
            source=form.source.data,
            reason=form.reason.data,
        )
        put_in_force(row, actor=actor_of(g.user))

    def _edit_from(self, form: Any, pk: Any) -> None:
        shown = str(form.version.data or "")
        correct(
            self.found(pk),
            _values(form),
            actor=actor_of(g.user),
            source=form.source.data,
            reason=form.reason.data,
            shown=int(shown) if shown.isdigit() else -1,
        )

    def post_add_redirect(self) -> Response:
        return redirect(url_for("InspectionDocumentView.list"))

    def post_edit_redirect(self) -> Response:
        return redirect(url_for("InspectionDocumentView.list"))


def _values(form: Any) -> dict[str, Any]:
    values = {name: form[name].data for name in VALUES}
    kinds: dict[str, type[Labelled]] = {"frequency": Frequency, "necessity": Necessity}
    kinds |= {"question": Question, "template": Template}
    for name, kind in kinds.items():
        values[name] = kind.named(values[name]) if values[name] else None
    return values
