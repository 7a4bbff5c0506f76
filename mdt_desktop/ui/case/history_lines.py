"""Makes lines that people read of the audit entries and stage moves of one person: plain functions, no widget."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.services.case_file import AuditSummary, StageChangeSummary
from mdt_desktop.words import label, vocabulary, words

_GROUPS = {
    "consent": "consent",
    "broken_glass": "access",
    "lead_allocation": "lead",
    "assessment": "assessment",
    "answer": "assessment",
    "part_signature": "assessment",
    "care_plan": "plan",
    "need": "plan",
    "goal": "plan",
    "action": "plan",
    "contingency_plan": "plan",
    "other_plan": "plan",
    "care_team_member": "people",
    "personal_contact": "people",
    "flag": "people",
    "risk_score": "risk",
    "stratification_run": "risk",
    "held_row": "risk",
    "task": "meeting",
    "task_step": "meeting",
    "agenda_item": "meeting",
    "item_presence": "meeting",
    "meeting_note": "meeting",
    "decision": "meeting",
    "addendum": "meeting",
    "case_note": "happened",
    "case_paper": "papers",
    "mdt_referral": "happened",
    "happening": "happened",
    "hospital_episode": "happened",
    "handover": "happened",
}
GROUPS = (
    "stage", "lead", "consent", "assessment", "plan", "people", "happened", "papers", "meeting", "risk", "view",
    "access", "other",
)  # fmt: skip
"""What the history can be filtered by; the word is `case.history.group.<key>`."""

_BY_ITS_NAME = {"consent", "agree_lead", "agree_plan", "sign_part", "complete", "decide", "accept", "break_glass",
                "end_glass", "review_access", "remove_paper", "withdraw"}  # fmt: skip
_GROUP_OF_ACT = {
    **dict.fromkeys(("view", "search", "preview", "who_looked"), "view"),
    **dict.fromkeys(("refused", "restrict", "lift_restriction", "break_glass", "end_glass", "review_access"), "access"),
    "sharing": "consent",
}
_TOLD_BY_AN_ACT = {"restriction", "sharing_decision"}
"""Records whose changes an act of its own tells already."""
_MOST_NAMED = 4
_STAGE_FIELDS = {"stage", "stage_since"}
_SILENT = {"task_step", "item_presence", "meeting"}
"""Told by what belongs to them: the action, the discussion, the minutes."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line: when, what in plain words, who, why; `times` counts what was done several times on one day."""

    at: datetime
    group: str
    what: str
    who: str
    why: str = ""
    times: int = 1

    @property
    def when_words(self) -> str:
        """`14-Aug-2026 09:12`, where the laptop is."""
        here = self.at.astimezone()
        return f"{cui_date(here.date())} {cui_time(here)}"

    @property
    def day(self) -> date:
        """The day it was done, where the laptop is."""
        return self.at.astimezone().date()

    @property
    def what_words(self) -> str:
        """What was done, and how often if more than once."""
        return self.what if self.times == 1 else words("case.history.times", what=self.what, times=self.times)


def history_lines(entries: Iterable[AuditSummary], moves: Sequence[StageChangeSummary]) -> tuple[HistoryLine, ...]:
    """All lines, the latest first.

    An act of the field ("Care plan agreed") is told once and not also as the records it changed; what was done
    again and again on one day (answers typed) is one line that says how often.
    """
    found = list(entries)
    told = {(it.at, it.kind, it.record_id) for it in found if it.action in _BY_ITS_NAME}
    moved = {move.at for move in moves}
    replaced = {it.at for it in found if it.action == "agree_plan"}
    lines = [_of_move(move) for move in moves]
    for entry in found:
        if entry.action not in _BY_ITS_NAME and (entry.at, entry.kind, entry.record_id) in told:
            continue
        if entry.kind == "care_plan" and entry.fields == "status" and entry.at in replaced:
            continue  # the version before, which the agreed one replaces
        line = _of_entry(entry, told_moves=bool(moved))
        if line is not None:
            lines.append(line)
    lines.sort(key=lambda line: line.at, reverse=True)
    return tuple(_together(lines))


def _of_move(move: StageChangeSummary) -> HistoryLine:
    what = words("case.history.moved", before=label(move.from_stage), to=label(move.to_stage))
    return HistoryLine(move.at, "stage", what, move.by, move.reason)


def _of_entry(entry: AuditSummary, told_moves: bool) -> HistoryLine | None:
    fields = set(filter(None, entry.fields.split(",")))
    if entry.kind == "stage_change" or (entry.kind == "person_case" and entry.action == "update" and fields):
        if entry.kind == "stage_change":
            if told_moves:
                return None
            return HistoryLine(entry.at, "stage", words("case.history.stage_moved"), entry.actor, entry.reason)
        fields -= _STAGE_FIELDS
        if not fields:
            return None
    if entry.kind in _TOLD_BY_AN_ACT and entry.action in ("create", "update"):
        return None
    if entry.kind in _SILENT or (entry.kind == "agenda_item" and entry.action == "update" and "outcome" not in fields):
        return None
    group = _GROUP_OF_ACT.get(entry.action) or _GROUPS.get(entry.kind, "other")
    return HistoryLine(entry.at, group, _what(entry, fields), entry.actor, _why(entry))


def _why(entry: AuditSummary) -> str:
    """The reason that was given; of what was refused, what it was."""
    return label(f"permission.{entry.fields}") if entry.action == "refused" else entry.reason


def _what(entry: AuditSummary, fields: set[str]) -> str:
    kind = label(f"kind.{entry.kind}") if f"kind.{entry.kind}" in vocabulary().labels else entry.kind
    own = f"case.history.act.{entry.action}_{entry.kind}"
    if own in vocabulary().labels:
        return words(own)
    if entry.action == "update" and fields:
        return words("case.history.act.update_fields", kind=_upper(kind), fields=_named(entry.kind, sorted(fields)))
    if entry.action in ("create", "update", "delete"):
        return words(f"case.history.act.{entry.action}", kind=_upper(kind))
    return label(f"audit.{entry.action}")


def _named(kind: str, fields: Sequence[str]) -> str:
    """The fields by name, the first few where there are many: a line of the history is read at a glance."""
    first = fields if len(fields) <= _MOST_NAMED else fields[: _MOST_NAMED - 1]
    named = ", ".join(_field(kind, name) for name in first)
    more = len(fields) - len(first)
    return words("case.history.and_more", fields=named, count=more) if more else named


def _field(kind: str, name: str) -> str:
    for key in (f"case.field.{kind}.{name}", f"case.field.{name}"):
        if key in vocabulary().labels:
            return label(key)
    return name.replace("_id", "").replace("_", " ")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _together(lines: Iterable[HistoryLine]) -> list[HistoryLine]:
    kept: list[HistoryLine] = []
    places: dict[tuple[date, str, str, str], int] = {}
    for line in lines:
        key = (line.day, line.what, line.who, line.why)
        place = places.get(key)
        if place is None:
            places[key] = len(kept)
            kept.append(line)
        else:
            before = kept[place]
            kept[place] = HistoryLine(before.at, before.group, before.what, before.who, before.why, before.times + 1)
    return kept
