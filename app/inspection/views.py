"""The list of documents, the page of an enterprise and year, and all that is done there."""

from datetime import date
from typing import Any

from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.answers import answer_with
from app.core.archive import archive, send_archive
from app.core.clock import today
from app.core.errors import Conflict, Invalid, NotFound, Problem
from app.core.interface import DomainInterface
from app.core.shell import address_of
from app.core.unit import one_picture, unit_of_work
from app.core.uploads import ACCEPT, send_stored, storage
from app.core.web import DomainPage, DomainView, row_of
from app.documents import opening
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import sees_figures, stop_now
from app.inspection import operations
from app.inspection.kinds import DutyState, Question
from app.inspection.listing import DUTIES, year_asked
from app.inspection.models import InspectionFile
from app.inspection.periods import about
from app.inspection.reading import asked_of, items_of
from app.inspection.reminding import remind
from app.inspection.uploading import Details, set_aside, upload, years_open
from app.inspection.whole import HEADS, entries_of
from app.regions.queries import names_by_path


class InspectionView(DomainView):
    datamodel = DomainInterface(Enterprise)
    route_base = "/inspection"
    class_permission_name = "Inspection"
    include_route_methods = {
        *"list page upload answer remark remind whole".split(),
    }
    base_permissions = "can_list can_show can_upload can_remark can_remind can_export".split()
    list_title = _l("Supervision documents of enterprises")
    list_template = "inspection/list.html"
    list_columns = search_columns = ["name"]
    listing = DUTIES

    def asked(self) -> dict[str, str]:
        """The year we are in, unless the address names another."""
        asked = super().asked()
        asked.setdefault("year", str(today().year))
        return asked

    @expose("/<int:pk>/<int:year>", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self, pk: int, year: int) -> str:
        return self._page(pk, year)

    @expose("/<int:pk>/<int:year>/<key>", methods=["POST"])
    @has_access
    @permission_name("upload")
    def upload(self, pk: int, year: int, key: str) -> Response | str:
        """Take a file; what was typed beside one that is refused comes back."""
        self.found(pk)
        try:
            details = _details()
            file = request.files.get("file")
            if file is None or not file.filename:
                raise Invalid(_("Choose a file."), [Problem("file", _("Choose a file."))])
            with unit_of_work():
                upload(
                    self.found(pk),
                    year,
                    key,
                    file.stream,
                    file.filename,
                    details,
                    storage=storage(),
                    actor=actor_of(g.user),
                )
        except (Invalid, Conflict) as error:
            return self._refused(pk, year, key, error)
        flash(_("The file has been uploaded."), "success")
        return self._back(pk, year, key)

    @expose("/<int:pk>/<int:year>/questions/<key>", methods=["POST"])
    @has_access
    @permission_name("upload")
    def answer(self, pk: int, year: int, key: str) -> Response | str:
        """Say whether the enterprise has what a document is about."""
        self.found(pk)
        question = Question.named(key)
        try:
            said = request.form.get("yes", "")
            if said not in ("yes", "no"):
                text = _("Choose yes or no.")
                raise Invalid(text, [Problem("yes", text)])
            with unit_of_work():
                operations.answer(
                    self.found(pk),
                    question,
                    yes=said == "yes",
                    reason=request.form.get("reason", ""),
                    shown=request.form.get("shown", default=-1, type=int),
                    actor=actor_of(g.user),
                )
        except (Invalid, Conflict) as error:
            return self._refused(pk, year, key, error)
        flash(_("The answer has been saved."), "success")
        return self._back(pk, year, key)

    @expose("/<int:pk>/<int:year>/<key>/remarks", methods=["POST"])
    @has_access
    @permission_name("remark")
    def remark(self, pk: int, year: int, key: str) -> Response | str:
        self.found(pk)
        try:
            with unit_of_work():
                text = request.form.get("text", "")
                operations.remark(self.found(pk), year, key, text, actor=actor_of(g.user))
        except (Invalid, Conflict) as error:
            return self._refused(pk, year, key, error)
        flash(_("The remark has been written."), "success")
        return self._back(pk, year, key)

    @expose("/remind", methods=["POST"])
    @has_access
    @permission_name("remind")
    def remind(self) -> Response:
        """Remind all whom the filters of the address leave and who miss something."""
        asked = self.asked()
        with unit_of_work():
            wanting = self.listing.wanting(asked)
            done = remind(year_asked(asked), wanting, actor=actor_of(g.user))
        flash(str(done), "success" if done.told else "info")
        return redirect(address_of("InspectionView.list"))

    @expose("/<int:pk>/<int:year>/documents.zip")
    @has_access
    @permission_name("export")
    def whole(self, pk: int, year: int) -> Response:
        """All that counts in a year as one zip, made while it is sent, with an index of hashes."""
        enterprise = self.found(pk)
        if not sees_figures(enterprise):
            raise NotFound(_("There is no such file."))
        with one_picture():
            enterprise = self.found(pk)
            entries, name = entries_of(enterprise, _known(year)), enterprise.name
        with unit_of_work():
            told = {"enterprise": name, "year": str(year)}
            current_app.extensions["exported"]("Inspection", len(entries), told)
        pieces = archive(entries, storage(), heads=HEADS)
        return send_archive(pieces, f"{name} {year} {_('Supervision documents')}.zip")

    def _refused(self, pk: int, year: int, key: str, error: Invalid | Conflict) -> str:
        """The page once more, with what was wrong and what was typed."""
        answer_with(error.status)
        return self._page(pk, year, refused=error, at=key)

    def _page(
        self, pk: int, year: int, refused: Invalid | Conflict | None = None, at: str = ""
    ) -> str:
        enterprise = self.found(pk)
        open_files = sees_figures(enterprise)
        items = items_of(enterprise, _known(year), open_files=open_files)
        above = names_by_path([enterprise.place])
        return self.render_template(
            "inspection/page.html",
            enterprise=enterprise,
            year=year,
            years=years_open(),
            where=[above[path] for path in sorted(above)],
            stop=stop_now(enterprise),
            chapters=_by_chapter(items),
            counts=[(state, sum(one.duty.state is state for one in items)) for state in DutyState],
            asking=asked_of(enterprise, year),
            open_files=open_files,
            uploads=open_files and year in years_open() and self._may("can_upload"),
            remarks=self._may("can_remark"),
            takes=open_files and self._may("can_export"),
            refused=refused,
            at=at,
            typed=request.form if refused else {},
            accept=ACCEPT,
            about=about,
        )

    @staticmethod
    def _back(pk: int, year: int, key: str) -> Response:
        return redirect(url_for("InspectionView.page", pk=pk, year=year, _anchor=key))


class InspectionFileView(DomainPage):
    """The files themselves, by the rows that own them."""

    route_base = "/inspection/files"
    class_permission_name = "Inspection"
    base_permissions = ["can_show", "can_upload"]
    entity = InspectionFile

    @expose("/<int:pk>")
    @has_access
    @permission_name("show")
    def file(self, pk: int) -> Response:
        return send_stored(_file(pk))

    @expose("/<int:pk>/shown", methods=["GET", "POST"])
    @has_access
    @permission_name("show")
    def shown(self, pk: int) -> Response:
        """The same to be looked at in a frame."""
        return opening.shown(_file(pk), fetched_at=url_for("InspectionFileView.file", pk=pk))

    @expose("/<int:pk>/aside", methods=["POST"])
    @has_access
    @permission_name("upload")
    def aside(self, pk: int) -> Response:
        """Let it count no more; it is kept."""
        year = request.form.get("year", default=today().year, type=int)
        with unit_of_work():
            file = _file(pk)
            set_aside(file, year, actor=actor_of(g.user))
            code, enterprise = file.code, file.enterprise_id
        flash(_("The file counts no more; it is kept as superseded."), "success")
        return redirect(url_for("InspectionView.page", pk=enterprise, year=year, _anchor=code))


def _file(pk: int) -> InspectionFile:
    row: InspectionFile = row_of(InspectionFile, pk)
    if not sees_figures(row.enterprise):
        raise NotFound(_("There is no such file."))
    return row


def _known(year: int) -> int:
    """A year of which there can be documents, or `NotFound`."""
    if not 2001 <= year <= 2099:
        raise NotFound(_("There is no such page."))
    return year


def _by_chapter(items: Any) -> list[tuple[str, list[tuple[str, list[Any]]]]]:
    """The documents by their items, and those by their chapters, in the order of the manual."""
    chapters: dict[str, dict[str, list[Any]]] = {}
    for one in items:
        document = one.duty.document
        chapters.setdefault(document.chapter, {}).setdefault(document.item, []).append(one)
    return [(chapter, list(found.items())) for chapter, found in chapters.items()]


def _details() -> Details:
    """What was said of the file; `Invalid` names the day that is none."""
    form, problems, days = request.form, [], {}
    for name in ("valid_from", "expires_on"):
        text = form.get(name, "").strip()
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            told = _("“%(text)s” is not a day.", text=text[:40])
            problems.append(Problem(name, told))
    if problems:
        raise Invalid(_("The file has not been uploaded."), problems)
    return Details(
        part=form.get("part", default=1, type=int),
        quarter=form.get("quarter", default=0, type=int),
        beside=form.get("beside") == "1",
        **days,
    )
