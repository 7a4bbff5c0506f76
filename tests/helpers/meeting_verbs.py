"""Every verb of meetings that changes something, with the permission it needs, for the test of refusals."""

from collections.abc import Callable
from datetime import date
from typing import Any

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.exports import ListPurpose, ListReason
from mdt_desktop.domain.happenings import HappeningKind
from mdt_desktop.domain.meeting import AttendanceState, DecisionKind, Lane, Outcome
from mdt_desktop.domain.meeting_exports import MeetingFileKind, MeetingList
from mdt_desktop.domain.meeting_papers import (
    MeetingPaperKind,
    MeetingPaperPurpose,
    MeetingPaperReason,
    PaperWanted,
)
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.pulse import PulsePart
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.services.chasing import ChaseList
from mdt_desktop.services.meeting_exports import LeavingMeetingList
from mdt_desktop.services.tasks import NewTask
from tests.helpers.clocks import NOW

DAY = date(2026, 11, 23)
NONE = "00000000-0000-7000-8000-000000000000"
TASK = NewTask("Ring", None, "The person", None)
RECORD = MeetingPaperPurpose(MeetingPaperReason.FOR_THE_RECORD)
MINUTES = PaperWanted(NONE, MeetingPaperKind.MINUTES)
LIST = LeavingMeetingList(NONE, DAY, MeetingList.ACTIONS, (), (), (), (), NOW)




Verb = Callable[[Services, Any], object]
_OF_THE_MEETING: dict[str, Verb] = {
    "start a series": lambda it, on: it.meetings.start_series(NONE, {}),
    "change a series": lambda it, on: it.meetings.change_series(NONE, {}),
    "set the members": lambda it, on: it.meetings.set_members(NONE, {}),
    "plan a meeting": lambda it, on: it.meetings.plan(NONE, DAY),
    "plan a single meeting": lambda it, on: it.meetings.plan_single(NONE, {}),
    "change a meeting": lambda it, on: it.meetings.change(NONE, {}),
    "call off a meeting": lambda it, on: it.meetings.cancel(NONE, "Snow"),
    "expect somebody": lambda it, on: it.meetings.expect(NONE, NONE),
    "expect somebody no more": lambda it, on: it.meetings.take_off(NONE),
    "record apologies": lambda it, on: it.meetings.apologise(NONE),
    "write an agenda": lambda it, on: it.agendas.write(NONE),
    "propose an order": lambda it, on: it.agendas.put_in_order(NONE),
    "set an order": lambda it, on: it.agendas.set_order(NONE, []),
    "begin a meeting": lambda it, on: it.meeting_room.begin(NONE),
    "record who is here": lambda it, on: it.meeting_room.attend(NONE, AttendanceState.PRESENT),
    "record who leaves": lambda it, on: it.meeting_room.leave(NONE),
    "seal a meeting": lambda it, on: it.meeting_closing.seal(NONE),
    "add to a sealed meeting": lambda it, on: it.meeting_closing.add(NONE, "Room 3"),
    "answer the pulse": lambda it, on: it.meeting_results.answer_pulse(NONE, dict.fromkeys(PulsePart, 3)),
    "agree an improvement": lambda it, on: it.meeting_results.agree_improvement(NONE, TASK),
}
_OF_ONE_PERSON: dict[str, Verb] = {
    "put on an agenda": lambda it, on: it.agendas.add(NONE, on.case),
    "take off an agenda": lambda it, on: it.agendas.remove(NONE, "Moved away"),
    "put back on an agenda": lambda it, on: it.agendas.put_back(NONE),
    "move on an agenda": lambda it, on: it.agendas.move(NONE, None),
    "step on an agenda": lambda it, on: it.agendas.step(NONE, 1),
    "choose a lane": lambda it, on: it.agendas.set_lane(NONE, Lane.NOTE),
    "give a minute": lambda it, on: it.agendas.change_minutes(NONE, 1),
    "set the minutes": lambda it, on: it.agendas.set_minutes(NONE, 5),
    "write a question over another": lambda it, on: it.agendas.write_words(NONE, {"question": "Home?"}, {}),
    "put a question": lambda it, on: it.agendas.set_words(NONE, question="Home?"),
    "open a discussion": lambda it, on: it.meeting_room.open(NONE),
    "pause a discussion": lambda it, on: it.meeting_room.pause(NONE),
    "write a note": lambda it, on: it.meeting_room.note(NONE, "Seen at home"),
    "record a decision": lambda it, on: it.meeting_room.decide(NONE, "Visit", DecisionKind.OTHER),
    "agree an action in the room": lambda it, on: it.meeting_room.agree_to(NONE, TASK),
    "take something back": lambda it, on: it.meeting_room.take_back(NONE),
    "finish a discussion": lambda it, on: it.meeting_room.close_item(NONE, Outcome.NO_CHANGE),
    "only note somebody": lambda it, on: it.meeting_room.note_only(NONE, "No change"),
    "park somebody": lambda it, on: it.meeting_room.park(NONE, NONE, DAY, "Bring the letter"),
    "reopen a discussion": lambda it, on: it.meeting_room.reopen(NONE),
}
_TASKS: dict[str, Verb] = {
    "agree an action": lambda it, on: it.tasks.add(on.case, TASK),
    "say how an action is": lambda it, on: it.tasks.set_status(NONE, TaskStatus.DONE),
    "take an action on": lambda it, on: it.tasks.accept(NONE),
    "refuse an action": lambda it, on: it.tasks.refuse(NONE, "Not ours"),
    "give an action to somebody": lambda it, on: it.tasks.reassign([NONE], NONE),
    "change an action": lambda it, on: it.tasks.change(NONE, "Ring", None),
}
_HAPPENINGS: dict[str, Verb] = {
    "log a stay in hospital": lambda it, on: it.happenings.went_to_hospital(on.person, DAY),
    "log coming home": lambda it, on: it.happenings.came_home(NONE, DAY),
    "log what happened": lambda it, on: it.happenings.happened(on.person, HappeningKind.CARER_CRISIS, DAY, "Ill"),
    "refer to the meeting": lambda it, on: it.happenings.refer(on.case, "Who comes at night?"),
    "pass care on": lambda it, on: it.happenings.hand_over(on.case, "Wound", "Visit", to_words="The night team"),
    "acknowledge a handover": lambda it, on: it.happenings.acknowledge(NONE),
    "say a handover back": lambda it, on: it.happenings.understand(NONE, "Visit tonight"),
}
_LEAVING: dict[str, Verb] = {
    "save a meeting's paper": lambda it, on: it.meeting_papers.save_pdf(MINUTES, b"%PDF-", on.folder / "m.pdf", RECORD),
    "save a meeting's list": lambda it, on: it.meeting_exports.save(
        LIST, b"", on.folder / "l.csv", MeetingFileKind.CSV, ListPurpose(ListReason.TO_CHECK)
    ),
    "save a meeting's day": lambda it, on: it.meeting_calendar.save(NONE, b"", on.folder / "d.ics"),
    "take the chase list": lambda it, on: it.chasing.record_left(ChaseList(NONE, "", ()), "copy", names=False),
}
MEETING_VERBS: dict[str, tuple[Permission, Verb]] = {
    name: (permission, verb)
    for permission, verbs in (
        (Permission.KEEP_MEETINGS, _OF_THE_MEETING),
        (Permission.DISCUSS, _OF_ONE_PERSON),
        (Permission.KEEP_TASKS, _TASKS),
        (Permission.EDIT_CASE, _HAPPENINGS),
        (Permission.EXPORT, _LEAVING),
        (Permission.PRINT, {"print a meeting's paper": lambda it, on: it.meeting_papers.record_print(MINUTES, RECORD)}),
        (Permission.SEE_MEETINGS, {
            "see the meetings": lambda it, on: it.meetings.upcoming(),
            "see an agenda": lambda it, on: it.agendas.items(NONE),
            "see the room": lambda it, on: it.meeting_room.room(NONE),
            "see the minutes": lambda it, on: it.meeting_closing.minutes(NONE),
        }),
        (Permission.SEE_FIGURES, {"see the figures": lambda it, on: it.meeting_results.scoreboard(DAY, DAY)}),
        (Permission.SEE_CASE, {"see a discussion": lambda it, on: it.meeting_room.discussion(NONE)}),
    )
    for name, verb in verbs.items()
}  # fmt: skip
