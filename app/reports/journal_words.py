"""What the journal keeps as plain keys, said in the reader's words."""

import json
import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.roles import THINGS
from app.review.workflow import Action
from app.targets.models import TargetAct, TargetKind

HASH = re.compile(r"[0-9a-f]{64,128}")
TAGS: Mapping[str, object] = {
    "announcement:change": _l("Announcement changed"),
    "announcement:enter": _l("Announcement entered"),
    "announcement:withdraw": _l("Announcement withdrawn"),
    "calendar:add": _l("Quarter added to the calendar"),
    "calendar:change": _l("Quarter of the calendar changed"),
    "catalogue:add": _l("Row of a catalogue added"),
    "catalogue:change": _l("Row of a catalogue changed"),
    "catalogue:delete": _l("Row of a catalogue deleted"),
    "document:retry": _l("Document tried again"),
    "energy_chart:save": _l("Chart of an enterprise saved"),
    "energy_form:accept": _l("Person put on record"),
    "energy_form:begin": _l("Energy form begun"),
    "energy_form:end": _l("Person left the post"),
    "energy_form:fill": _l("Energy form filled in"),
    "energy_form:hand_in": _l("Energy form handed in"),
    "energy_form:print": _l("Energy form taken away as PDF"),
    "energy_form:return": _l("Energy form returned"),
    "energy_form:scan": _l("Signed print of an energy form uploaded"),
    "enterprise:accept_move": _l("Move agreed to"),
    "enterprise:ask_change": _l("Change asked for"),
    "enterprise:ask_move": _l("Move asked for"),
    "enterprise:change_declined": _l("Change declined"),
    "enterprise:change_done": _l("Change accepted"),
    "enterprise:change_withdrawn": _l("Change taken back"),
    "enterprise:merge": _l("Merger entered"),
    "enterprise:move_declined": _l("Move declined"),
    "enterprise:move_in": _l("Enterprise moved in"),
    "enterprise:move_out": _l("Enterprise moved away"),
    "enterprise:move_withdrawn": _l("Move taken back"),
    "enterprise:split": _l("Split entered"),
    "enterprise:change": _l("Enterprise changed"),
    "enterprise:count_in": _l("Enterprise counted in statistics"),
    "enterprise:leave_out": _l("Enterprise left out of statistics"),
    "enterprise:start": _l("Enterprise started"),
    "enterprise:stop": _l("Enterprise stopped"),
    "enterprise:register": _l("Enterprise entered"),
    "enterprise:class_begins": _l("Class begins"),
    "enterprise:set_class": _l("Class set"),
    "level:settle": _l("Levels of a year set"),
    "enterprise:set_level": _l("Energy level set"),
    "export:fetch": _l("Export fetched"),
    "export:forget": _l("Old exports thrown away"),
    "extension:grant": _l("Extension granted"),
    "filing:attach": _l("File attached"),
    "filing:answer_explanation": _l("Explanation answered"),
    "filing:detach": _l("File taken off"),
    "filing:explain": _l("Warning explained"),
    "filing:key_report": _l("Figure of the production report keyed"),
    "filing:fill": _l("Sheet filled in"),
    "filing:open": _l("Filing begun"),
    "filing:waive_earlier": _l("Order of quarters waived"),
    "inspection:add_document": _l("Supervision document added to the catalogue"),
    "inspection:answer": _l("Answered whether a supervision document applies"),
    "inspection:change_document": _l("Supervision document of the catalogue changed"),
    "inspection:delete_document": _l("Supervision document deleted from the catalogue"),
    "inspection:remark": _l("Remark on a supervision document"),
    "inspection:remind": _l("Reminder of supervision documents sent"),
    "inspection:set_aside": _l("Supervision document set aside"),
    "inspection:upload": _l("Supervision document uploaded"),
    "job:cancel": _l("Job cancelled"),
    "job:forget": _l("Old jobs forgotten"),
    "job:retry": _l("Job tried again"),
    "job:start": _l("Job started"),
    "person:add_place": _l("Further place given"),
    "person:change": _l("Person changed"),
    "person:change_password": _l("Own password changed"),
    "person:create": _l("Person entered"),
    "person:end_place": _l("Further place taken away"),
    "person:reset_password": _l("Password reset"),
    "plan_period:add": _l("Planning period added"),
    "reminder:send": _l("Reminder sent to all of a list"),
    "region:switch_county_review": _l("County review switched"),
    "review:answer": _l("Question answered"),
    "review:ask": _l("Question asked"),
    "review:ask_rollback": _l("Rollback asked for"),
    "review:decline_rollback": _l("Rollback declined"),
    "review:drop": _l("Question taken back"),
    "review:mark": _l("Sheet marked"),
    "review:remark": _l("Remark written"),
    "review:take_off": _l("Remark taken off"),
    "report:take_files": _l("Files of filings taken away as a zip"),
    "role:change_rights": _l("Rights of a role changed"),
    "rule:activate": _l("Rule activated"),
    "rule:discard": _l("Draft of a rule discarded"),
    "rule:draft": _l("Rule drafted"),
    "rule:switch": _l("Rule switched on or off"),
    "rule:sweep": _l("All filings of a quarter checked"),
    "rule:try": _l("Back-test of a rule asked for"),
    "special_day:add": _l("Day set apart"),
    "special_day:change": _l("Day set apart changed"),
    "special_day:delete": _l("Day set apart taken back"),
    "support:answer": _l("Problem report answered"),
    "support:change_contact": _l("Contact of the platform changed"),
    "support:close": _l("Problem report closed"),
    "support:report": _l("Problem reported"),
    "year:close": _l("Year closed"),
    "year:reopen": _l("Year opened again"),
}
FACTS: Mapping[str, object] = {
    "added": _l("added"),
    "after": _l("after"),
    "audience": _l("for whom"),
    "before": _l("before"),
    "body": _l("text"),
    "changes": _l("changes"),
    "code": _l("code"),
    "count": _l("rows"),
    "credit_code": _l("credit code"),
    "day": _l("day"),
    "details": _l("details"),
    "document": _l("document number"),
    "effective": _l("effective from"),
    "enabled": _l("in use"),
    "end": _l("to"),
    "ends_on": _l("ends on"),
    "energy": _l("energy"),
    "expires_on": _l("valid until"),
    "file_name": _l("file"),
    "answer": _l("answer"),
    "files": _l("files"),
    "filters": _l("filters"),
    "first_year": _l("first year"),
    "given": _l("given"),
    "due_on": _l("due on"),
    "hash": _l("hash"),
    "hashes": _l("hashes"),
    "is_working": _l("worked"),
    "kind": _l("kind"),
    "last_year": _l("last year"),
    "late": _l("late"),
    "levels": _l("levels"),
    "level": _l("level"),
    "marks": _l("marks"),
    "name": _l("name"),
    "number": _l("version"),
    "page": _l("page"),
    "people": _l("people told"),
    "period": _l("quarter"),
    "published_on": _l("published on"),
    "question": _l("question"),
    "reason": _l("reason"),
    "record": _l("number on record"),
    "remark": _l("remark"),
    "remarks": _l("remarks"),
    "replaced": _l("replaced"),
    "request": _l("request"),
    "return_scope": _l("what is returned"),
    "route": _l("route"),
    "row": _l("row"),
    "rows": _l("rows"),
    "rule": _l("rule"),
    "seen_alarms": _l("alarms looked at"),
    "seen_hash": _l("hash looked at"),
    "seen_number": _l("version looked at"),
    "sha256": _l("hash"),
    "sheet": _l("sheet"),
    "size": _l("size"),
    "skipped": _l("skipped"),
    "source": _l("source"),
    "span": _l("time"),
    "start": _l("from"),
    "stop_reason": _l("reason of the stop"),
    "starts_on": _l("starts on"),
    "taken": _l("taken"),
    "text": _l("text"),
    "tier": _l("tier"),
    "title": _l("title"),
    "told": _l("enterprises reminded"),
    "tried": _l("back-test"),
    "until": _l("until"),
    "verdict": _l("verdict"),
    "where": _l("where"),
    "year": _l("year"),
}


def tags() -> dict[str, str]:
    """Every tag in words, the steps of a review, the acts on a target and the exports included."""
    found = {tag: str(words) for tag, words in TAGS.items()}
    for action in Action:
        found[f"filing:{action}"] = _("Filing: %(what)s", what=action.label)
    for kind in TargetKind:
        for act in TargetAct:
            found[f"target:{act}_{kind}"] = f"{kind.label}: {act.label}"
    for thing, words in THINGS.items():
        found[f"{thing.lower()}:export"] = _("Exported: %(what)s", what=words)
    return found


def in_words(facts: str) -> str:
    """The facts of an entry in one line, without what is empty; hashes by their beginning."""
    told = {name: value for name, value in json.loads(facts).items() if not _is_empty(value)}
    return " · ".join(f"{FACTS.get(name, name)}: {_short(value)}" for name, value in told.items())


def _is_empty(value: object) -> bool:
    return value in (None, "", [], {})


def _short(value: Any) -> str:
    if isinstance(value, str):
        return value[:8] if HASH.fullmatch(value) else value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return json.dumps(value, ensure_ascii=False)
