"""The rows of an agenda that is planned: people under their lane, with times, reasons and what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.domain.agenda import LeftOut, NotJustNoted
from mdt_desktop.domain.meeting import ItemState, Lane, minutes_before_cases, minutes_for_cases
from mdt_desktop.domain.people import name_on_screen
from mdt_desktop.domain.running_order import Slot, slots
from mdt_desktop.services.agendas import ItemSummary, Line, Readiness
from mdt_desktop.ui.meetings.view import PlanningView, clock_after, people_words
from mdt_desktop.words import label, words


class RowKind(StrEnum):
    """What a row is."""

    HEADING = "heading"
    ITEM = "item"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row. `key` is an item's id, a case's id for who is not on the agenda, or the lane of a heading."""

    kind: RowKind
    key: str
    time: str = ""
    name: str = ""
    why: str = ""
    minutes: str = ""
    missing: str = ""
    is_ready: bool = False
    fits: bool = True
    item: ItemSummary | None = None
    line: Line | None = None
    readiness: Readiness | None = None

    @property
    def spoken(self) -> str:
        """The whole row for a screen reader."""
        return ", ".join(part for part in (self.name, self.time, self.why, self.missing) if part)


def plan_rows(view: PlanningView) -> list[PlanRow]:
    """Everybody: to discuss, those for whom no time is left, to note, and who is not on this agenda."""
    active = [it for it in view.items if it.state is not ItemState.REMOVED]
    discussed = [it for it in active if it.lane is Lane.DISCUSS]
    noted = [it for it in active if it.lane is not Lane.DISCUSS]
    planned = slots([it.minutes for it in discussed], view.meeting.length_minutes)
    pairs = list(zip(discussed, planned, strict=True))
    fitting = [(item, slot) for item, slot in pairs if slot.fits]
    over = [(item, slot) for item, slot in pairs if not slot.fits]
    room = minutes_for_cases(view.meeting.length_minutes)
    taken = sum(item.minutes for item, _ in fitting)
    told = words("meetings.lane.discuss.told", people=people_words(len(fitting)), minutes=taken, of=room)
    rows = [_heading("discuss", told)]
    rows += [_item_row(view, item, slot) for item, slot in fitting]
    if over:
        ends = clock_after(view.meeting.starts_at, minutes_before_cases(view.meeting.length_minutes) + room)
        rows.append(
            _heading("rolled_over", words("meetings.lane.rolled_over.told", people=people_words(len(over)), time=ends))
        )
        rows += [_item_row(view, item, slot) for item, slot in over]
    if noted:
        told = words(
            "meetings.lane.note.told", people=people_words(len(noted)), minutes=sum(it.minutes for it in noted)
        )
        rows.append(_heading("note", told))
        rows += [_item_row(view, item, None) for item in noted]
    return [*rows, *_left_rows(view, {it.case_id for it in active})]


def minutes_planned(items: Iterable[ItemSummary]) -> int:
    """What the discussions take together."""
    return sum(it.minutes for it in items if it.lane is Lane.DISCUSS and it.state is not ItemState.REMOVED)


def reasons_words(item: ItemSummary) -> str:
    """Why somebody is on the agenda, in words; how often they were rolled over first."""
    told = [label(it) for it in item.reasons if it != "rolled_over" or not item.rolled_over]
    if item.rolled_over:
        told.insert(0, rolled_over_words(item.rolled_over))
    return ", ".join(told)


def rolled_over_words(times: int) -> str:
    """ "Rolled over once", "Rolled over 3 times"."""
    return words("meetings.rolled_over.once") if times == 1 else words("meetings.rolled_over.times", times=times)


def missing_words(readiness: Readiness | None) -> str:
    """What is missing in short, or that nothing is."""
    if readiness is None:
        return ""
    if not readiness.missing:
        return words("meetings.ready")
    return ", ".join(words(f"meetings.missing.{part.value}") for part in readiness.missing)


def left_out_words(line: Line) -> str:
    """Why somebody is not on the agenda, and what would speak for them."""
    why = label(line.left_out) if line.left_out is not None else label(LeftOut.NO_ROOM)
    if not line.reasons:
        return why
    return words("meetings.left_out.though", why=why, reasons=", ".join(label(it) for it in line.reasons))


def must_discuss_words(why: NotJustNoted | None) -> str:
    """Why somebody cannot only be noted; empty where they can."""
    return "" if why is None else words("meetings.must_discuss", why=label(why))


def _heading(lane: str, told: str) -> PlanRow:
    return PlanRow(RowKind.HEADING, lane, name=words(f"meetings.lane.{lane}"), why=told)


def _item_row(view: PlanningView, item: ItemSummary, slot: Slot | None) -> PlanRow:
    readiness = view.readiness.get(item.id)
    return PlanRow(
        RowKind.ITEM,
        item.id,
        clock_after(view.meeting.starts_at, slot.after) if slot is not None else "",
        name_on_screen(item.family_name, item.given_names),
        reasons_words(item),
        f"{item.minutes}",
        missing_words(readiness),
        readiness is not None and not readiness.missing,
        slot is None or slot.fits,
        item,
        None,
        readiness,
    )


def _left_rows(view: PlanningView, there: set[str]) -> list[PlanRow]:
    """Who is not on the agenda: taken off, without room, and left out by the rules."""
    removed = [it for it in view.items if it.state is ItemState.REMOVED]
    known = there | {it.case_id for it in removed}
    found: Sequence[Line] = ()
    if view.proposal is not None:
        found = [it for it in (*view.proposal.listed, *view.proposal.waiting, *view.proposal.left_out)
                 if it.case_id not in known]  # fmt: skip
    if not removed and not found:
        return []
    rows = [_heading("left_out", people_words(len(removed) + len(found)))]
    for item in removed:
        why = words("meetings.taken_off", reason=item.removed_because)
        rows.append(
            PlanRow(RowKind.LEFT, item.id, name=name_on_screen(item.family_name, item.given_names), why=why, item=item)
        )
    for line in found:
        why = (
            left_out_words(line)
            if line.left_out is not None
            else words("meetings.newly_proposed", reasons=", ".join(label(it) for it in line.reasons))
        )
        rows.append(
            PlanRow(
                RowKind.LEFT, line.case_id, name=name_on_screen(line.family_name, line.given_names), why=why, line=line
            )
        )
    return rows
