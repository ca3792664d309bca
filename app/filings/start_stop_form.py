"""The two switches of an enterprise as a form, and files that wait until it is saved."""

from collections.abc import Sequence

from flask import current_app, g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, MultipleFileField, SelectField, TextAreaField
from wtforms.validators import Optional

from app.core.errors import Invalid, NotFound, Problem
from app.core.period import Quarter, this_quarter
from app.core.uploads import ACCEPT, LARGEST, media_type, plain_name, storage
from app.enterprises.models import StopReason
from app.enterprises.switching import AHEAD, Switches, Upload

BACK = 8  # quarters that are offered before the present one


def _quarters() -> list[tuple[str, str]]:
    this = this_quarter()
    return [(str(q), str(q)) for q in (this.shifted(n) for n in range(-BACK, AHEAD + 1))]


class SwitchForm(FlaskForm):
    """`seen` says for which switches the effects have been shown."""

    enabled = SelectField(_l("In use"), choices=lambda: [("1", _("in use")), ("", _("stopped"))])
    effective = SelectField(
        _l("From which quarter on"),
        choices=_quarters,
        description=_l("The first quarter without, or again with, a duty to file."),
    )
    stop_reason = SelectField(
        _l("Reason of the stop"),
        choices=lambda: [("", "—"), *((one.value, str(one.label)) for one in StopReason)],
        validators=[Optional()],
    )
    in_statistics = SelectField(
        _l("In statistics"),
        choices=lambda: [("1", _("yes")), ("", _("no"))],
        description=_l(
            "No leaves all its quarters out of every sum at once. A stopped enterprise usually "
            "stays in: it counts in the years it worked in."
        ),
    )
    description = TextAreaField(_l("Description"), render_kw={"rows": 4, "maxlength": 1000})
    files = MultipleFileField(
        _l("Stamped application"),
        render_kw={"accept": ACCEPT},
        description=_l("Needed to stop; pdf, pictures, Word or Excel, at most 20 MiB each."),
    )
    version = HiddenField()
    seen = HiddenField()

    @property
    def shown(self) -> int:
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    @property
    def sight(self) -> str:
        """What the effects depend on."""
        names = (self.enabled, self.effective, self.in_statistics)
        return "/".join(str(one.data or "") for one in names)

    def wanted(self, files: Sequence[Upload]) -> Switches:
        reason = self.stop_reason.data
        return Switches(
            enabled=bool(self.enabled.data),
            in_statistics=bool(self.in_statistics.data),
            effective=Quarter.parse(self.effective.data),
            stop_reason=StopReason.named(reason) if reason else None,
            description=self.description.data or "",
            files=files,
        )


def sent_files(form: SwitchForm, enterprise_id: int) -> list[Upload]:
    """What lies uploaded from before, and what comes with this form."""
    return [*_kept(enterprise_id), *(_stored(one) for one in form.files.data or () if one)]


def sealed(enterprise_id: int, upload: Upload) -> str:
    """What lies uploaded until it is saved, for this person and enterprise alone."""
    facts = [upload.file_name, upload.media_type, upload.size, upload.sha256]
    return str(_seal().dumps([g.user.id, enterprise_id, *facts]))


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="files of a stop")


def _kept(enterprise_id: int) -> list[Upload]:
    found = []
    for text in request.form.getlist("kept"):
        try:
            person, enterprise, *facts = _seal().loads(text)
        except BadSignature:
            raise NotFound(_("There is no such file.")) from None
        if (person, enterprise) != (g.user.id, enterprise_id):
            raise NotFound(_("There is no such file."))
        found.append(Upload(*facts))
    return found


def _stored(file: FileStorage) -> Upload:
    """Put an uploaded file away; `Invalid` at the input, if it is none that is taken."""
    name = plain_name(file.filename or "")
    try:
        put = storage().put(file.stream, LARGEST)
        kind = media_type(storage(), put.sha256, name)
    except Invalid as error:
        raise Invalid(str(error.message), [Problem("files", str(error.message))]) from None
    return Upload(name, kind, put.size, put.sha256)
