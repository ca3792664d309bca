"""Explain a warning, answer an explanation, key the figure of the production report."""

import unicodedata
from decimal import Decimal
from typing import IO

from flask_babel import gettext as _

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from app.core.storage import LocalStorage
from app.core.uploads import LARGEST, media_type, plain_name
from app.filings.alarms.checking import Mark, Raised, explanations_of, said_of
from app.filings.alarms.models import Answer, Explanation, Reason
from app.filings.models import Filing
from app.filings.operations import open_for_editing
from app.filings.queries import book_around, current_figures
from app.filings.values import Kind, Unreadable, read
from app.regions.scope import Tier
from app.review.turns import locked, take_up

SHORTEST, LONGEST = 8, 1000  # characters
SAID_AT_LEAST = 4  # characters besides stock phrases
EMPTY_WORDS = (  # what is said when nothing is said
    "经核实 已核实 核实 核对 情况 属实 无误 无异常 数据 正确 正常 没有 无 同上 见附件 详见附件 "
    "见说明 已确认 确认 符合实际 符合 实际情况 实际 如实填报 如实 填报 我公司 我单位 本公司 本单位 "
    "均 都 已 且 并 为 "
    "n/a na none nil no ok okay yes sameasabove asabove seeabove same checked verified correct "
    "confirmed true right fine normal seeattachment seeattached data is are and the all nothing"
).split()


def is_empty_phrase(text: str) -> bool:
    """Whether *text* says nothing: too short, stock phrases only, one character over and over."""
    folded = unicodedata.normalize("NFKC", text).lower()
    plain = "".join(c for c in folded if unicodedata.category(c)[0] in "LN" or c == "/")
    return len(plain) < SHORTEST or len(set(plain)) < 4 or _besides(plain) < SAID_AT_LEAST


def _besides(plain: str) -> int:
    """How many characters are left of *plain* with as many stock phrases as fit taken out."""
    left = [*range(len(plain) + 1)]  # the fewest of what stands before each place
    for at in range(len(plain)):
        left[at + 1] = min(left[at + 1], left[at] + 1)
        for phrase in EMPTY_WORDS:
            if plain.startswith(phrase, at):
                end = at + len(phrase)
                left[end] = min(left[end], left[at])
    return left[-1]


def explain(
    filing: Filing,
    mark: Mark,
    *,
    actor: Actor,
    reason: Reason,
    text: str,
    shown: int | None = None,
    file: tuple[IO[bytes], str] | None = None,
    storage: LocalStorage | None = None,
) -> Explanation:
    """Say why the figures of a warning are right; what was said before is replaced.

    *shown* is the version of the explanation on the page, None where there was none.
    """
    open_for_editing(filing, actor=actor, figures=False)
    text = text.strip()
    if is_empty_phrase(text):
        hint = _(
            "Say what happened in the enterprise: which equipment, product, month or document "
            "explains the figure; at least %(n)s characters, and no stock phrase.",
            n=SHORTEST,
        )
        raise Invalid(hint, [Problem("text", hint)])
    if len(text) > LONGEST:
        told = _("at most %(n)s characters.", n=LONGEST)
        raise Invalid(told, [Problem("text", told)])
    one = _raised(filing, mark)
    said = one.explanation
    if (said.version if said is not None else None) != shown:
        raise Conflict(_("Someone else has just explained this; reload and look again."))
    if said is None:
        code, key, column, label = mark
        said = Explanation(
            filing_id=filing.id, place=filing.place, code=code, key=key, column=column, label=label
        )
        db.session.add(said)
    said.fingerprint, said.reason, said.text = one.alarm.fingerprint, reason, text
    said.given_by_id, said.given_by, said.given_at = actor.id, actor.name[:128], now()
    said.answer, said.remark = Answer.NONE, ""
    said.answered_by_id, said.answered_by, said.answered_at = None, "", None
    if file is not None and storage is not None:
        _keep_file(said, file, storage)
    db.session.flush()
    record(
        "filing:explain",
        filing,
        actor=actor,
        place=filing.place,
        rule=said.code,
        row=said.key,
        reason=reason,
        text=text,
        sha256=said.sha256,
    )
    return said


def _keep_file(said: Explanation, file: tuple[IO[bytes], str], storage: LocalStorage) -> None:
    kept, name = storage.put(file[0], LARGEST), plain_name(file[1])
    said.media_type = media_type(storage, kept.sha256, name)
    said.file_name, said.size, said.sha256 = name, kept.size, kept.sha256


def _raised(filing: Filing, mark: Mark) -> Raised:
    """The warning that *mark* speaks of, as the figures are now."""
    around = book_around(filing)
    said = said_of(filing, current_figures(filing, around), around)
    one = next((one for one in said.raised if one.mark == mark), None)
    if one is None or one.for_league:
        raise Conflict(_("This alarm is no longer there; reload and look again."))
    if one.blocks:
        raise Invalid(_("An error is corrected, not explained."))
    return one


def answer(
    filing: Filing, mark: Mark, said: Answer, *, actor: Actor, remark: str = "", shown: int
) -> Explanation:
    """Accept an explanation, or ask again; by the tier at which the filing waits."""
    holder = filing.review.holder
    if holder is None or holder is Tier.ENTERPRISE or holder not in actor.tiers_at(filing.place):
        raise Forbidden(_("Explanations are answered by the tier at which the filing waits."))
    explanation = explanations_of(filing).get(mark)
    if explanation is None:
        raise NotFound(_("There is no such explanation."))
    if explanation.version != shown:
        raise Conflict(_("Someone else has just answered this; reload and look again."))
    take_up(locked(filing.review_id))
    remark = remark.strip()
    if said is Answer.ASKED_AGAIN and len(remark) < SHORTEST:
        told = _("Say what is still to be explained.")
        raise Invalid(told, [Problem("remark", told)])
    explanation.answer, explanation.remark = said, remark[:500]
    explanation.answered_by_id, explanation.answered_by = actor.id, actor.name[:128]
    explanation.answered_at = now()
    record(
        "filing:answer_explanation",
        filing,
        actor=actor,
        place=filing.place,
        rule=explanation.code,
        row=explanation.key,
        answer=said,
        remark=explanation.remark,
    )
    return explanation


def key_reported_energy(filing: Filing, typed: str, *, actor: Actor) -> None:
    """Y-05: the year's energy as a reviewer reads it in the production report, tce."""
    if not actor.tiers_at(filing.place) & {Tier.COUNTY, Tier.LEAGUE, Tier.REGION}:
        raise Forbidden(_("This figure is read by a reviewer."))
    if filing.quarter != 4:
        raise Conflict(_("The annual report comes with the fourth quarter."))
    try:
        value: Decimal | None = read(typed, Kind.TCE)
    except Unreadable as error:
        raise Invalid(str(error), [Problem("reported_energy", str(error))]) from None
    take_up(locked(filing.review_id))
    before, filing.reported_energy = filing.reported_energy, value
    record(
        "filing:key_report",
        filing,
        actor=actor,
        place=filing.place,
        before=before,
        after=value,
    )
