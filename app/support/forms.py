"""The forms for announcements, the contact, and problem reports."""

from uuid import uuid4

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.core.clock import today
from app.support.models import AnnouncementLevel
from app.support.operations import (
    AnnouncementDetails,
    ContactDetails,
    ProblemDetails,
    is_local_path,
)


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _lines(text: str | None) -> str:
    """As it was typed; browsers send two signs for the end of a line, and count one."""
    return "\n".join(line.rstrip() for line in (text or "").splitlines()).strip("\n")


def _page(text: str | None) -> str:
    """A path; an address that was copied whole from the browser loses the name of the server."""
    return (text or "").strip().removeprefix(request.host_url.rstrip("/"))


class VersionedForm(FlaskForm):
    """Knows which version it was filled from."""

    version = HiddenField()

    @property
    def shown(self) -> int | None:
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class AnnouncementForm(VersionedForm):
    title = StringField(_l("Title"), filters=[_line], validators=[InputRequired(), Length(max=120)])
    level = SelectField(
        _l("Importance"),
        choices=lambda: [SelectChoice(one.value, str(one.label)) for one in AnnouncementLevel],
        description=_l("Important announcements stand before all others."),
    )
    published_on = DateField(_l("First day"), default=today, validators=[InputRequired()])
    until = DateField(
        _l("Last day"),
        validators=[Optional()],
        description=_l("Empty: until it is withdrawn."),
    )
    body = TextAreaField(
        _l("Text"),
        filters=[_lines],
        validators=[InputRequired(), Length(max=4000)],
        render_kw={"rows": 12},
        description=_l("Plain text, at most 4,000 characters; an empty line begins a paragraph."),
    )

    def details(self) -> AnnouncementDetails:
        return AnnouncementDetails(
            title=self.title.data,
            body=self.body.data,
            level=AnnouncementLevel.named(self.level.data),
            published_on=self.published_on.data,
            until=self.until.data,
        )


class ContactForm(VersionedForm):
    phone = StringField(
        _l("Telephone"),
        filters=[_line],
        validators=[Length(max=30)],
        render_kw={"autocomplete": "off"},
    )
    mail = StringField(
        _l("E-mail"),
        filters=[_line],
        validators=[Length(max=120)],
        render_kw={"autocomplete": "off"},
    )
    hours = StringField(_l("Hours of service"), filters=[_line], validators=[Length(max=200)])
    notes = TextAreaField(
        _l("What else people should know"),
        filters=[_lines],
        validators=[Length(max=1000)],
        render_kw={"rows": 6},
        description=_l("At most 1,000 characters."),
    )

    def details(self) -> ContactDetails:
        return ContactDetails(
            phone=self.phone.data,
            mail=self.mail.data,
            hours=self.hours.data,
            notes=self.notes.data,
        )


class ProblemForm(FlaskForm):
    """Its key is made with the form: however often it is sent, there is one report."""

    key = HiddenField()
    subject = StringField(
        _l("Subject"), filters=[_line], validators=[InputRequired(), Length(max=120)]
    )
    text = TextAreaField(
        _l("What happened"),
        filters=[_lines],
        validators=[InputRequired(), Length(max=2000)],
        render_kw={"rows": 6},
        description=_l("What you did, what you expected, and what came instead."),
    )
    page = StringField(
        _l("Page on which it happened"),
        filters=[_page],
        validators=[Length(max=300)],
        description=_l("The address of the page as the browser shows it; may stay empty."),
    )

    def begin(self, page: str | None) -> None:
        """A new report, with the page that the address names filled in if it is one of ours."""
        self.key.data = str(uuid4())
        if page and is_local_path(page):
            self.page.data = page

    def details(self) -> ProblemDetails:
        return ProblemDetails(
            subject=self.subject.data,
            text=self.text.data,
            page=self.page.data,
            key=self.key.data or "",
        )


class AnswerForm(VersionedForm):
    answer = TextAreaField(
        _l("Answer"),
        filters=[_lines],
        validators=[InputRequired(), Length(max=2000)],
        render_kw={"rows": 6},
        description=_l("Whoever reported it reads this; at most 2,000 characters."),
    )
