"""Holds six months of the invented team's weekly meetings through the program's own services, and plans the next."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from mdt_desktop.demo.clock import Clock
from mdt_desktop.demo.invented_names import InventedPerson
from mdt_desktop.demo.meeting_calendar import (
    WEEKDAY,
    DemoCase,
    Discussion,
    cases_of,
    draw,
    meeting_words,
    next_day,
    past_days,
    programme,
)
from mdt_desktop.demo.practitioners import Worker, Workforce, locality_id, role_words
from mdt_desktop.demo.task_course import Agreed, TaskCourse
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.happenings import HappeningKind
from mdt_desktop.domain.meeting import AttendanceMode, AttendanceState, DecisionKind, Outcome
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.pulse import PulsePart
from mdt_desktop.services.access import Access
from mdt_desktop.services.agendas import Agendas
from mdt_desktop.services.allocations import Allocations
from mdt_desktop.services.cases import Cases
from mdt_desktop.services.happenings import Happenings
from mdt_desktop.services.meeting_closing import MeetingClosing
from mdt_desktop.services.meeting_results import MeetingResults
from mdt_desktop.services.meeting_room import MeetingRoom, NewTask
from mdt_desktop.services.meetings import Meetings

LOCALITY = "North East"
_BEGINS = time(14, 0)
_MEMBERS = (
    Role.MDT_CHAIR, Role.MDT_ADMINISTRATOR, Role.DISTRICT_NURSE_LEAD, Role.SOCIAL_WORKER, Role.OCCUPATIONAL_THERAPIST,
    Role.COMMUNITY_PSYCHIATRIC_NURSE, Role.LOCAL_AREA_COORDINATOR,
)  # fmt: skip
_CANCELLED, _IMPROVEMENT, _ADDENDUM, _TWO_ANSWERS, _LEAD_CHANGED = 12, 9, 17, 20, 15
_NOT_REACHED_EVERY, _PARKED_EVERY, _LEADS_AGREED_EVERY = 4, 6, 2
_LAST_TURN = 2
_INVITED_ONLY = frozenset({Stage.INVITED, Stage.DECLINED, Stage.CONSENTED})
"""Nobody but who invited them belongs to the care team of these."""
_STARTED = frozenset({Stage.CONSENTED, Stage.ASSESSING})


def hold(access: Access, clock: Clock, workforce: Workforce, people: Sequence[InventedPerson], today: date) -> None:
    """Hold the past meetings of one locality and plan the next; `clock` is the one that `access` tells the time by."""
    cases = cases_of(access.database.writer, locality_id(LOCALITY), people)
    if cases:
        _PastMeetings(access, clock, workforce, cases, today).hold()


class _PastMeetings:
    """The team's half year, week by week."""

    def __init__(
        self, access: Access, clock: Clock, workforce: Workforce, cases: list[DemoCase], today: date
    ) -> None:
        self._access, self._clock, self._workforce, self._cases = access, clock, workforce, cases
        self._today = today
        self._words = meeting_words()
        self._meetings, self._agendas = Meetings(access), Agendas(access)
        self._room, self._closing, self._results = MeetingRoom(access), MeetingClosing(access), MeetingResults(access)
        self._happenings, self._allocations = Happenings(access), Allocations(access)
        self._me = access.actor.practitioner_id
        self._course = TaskCourse(access, clock, today, self._me)
        practice = cases[0].person.practice
        self._members = [it for role in _MEMBERS if (it := workforce.one(role, practice)) is not None]
        self._carried: list[Discussion] = []
        self._leads = 0

    def hold(self) -> None:
        """All of it."""
        opened = min(it.opened_on for it in self._cases)
        days = [day for day in past_days(self._today) if day > opened]
        self._clock.at = datetime.combine(days[0] - timedelta(days=9), time(9, 0), self._clock.at.tzinfo)
        series = self._start_series()
        told = programme(self._cases, days)
        for number, day in enumerate(days):
            self._course.go_on(day)
            self._forward_to(day - timedelta(days=2), time(11, 0))
            waited = {it.case.case_id for it in self._carried}
            new = [it for it in told[day] if it.case.case_id not in waited]
            for discussion in new:
                self._before(discussion, day)
            discussions, later = [*self._carried, *new], [it for it in told[day] if it not in new]
            meeting = self._meetings.plan(series, day).made
            if number == _CANCELLED:
                self._meetings.cancel(meeting, self._words["cancelled"])
                self._carried = discussions
            else:
                self._carried = self._hold(meeting, number, day, discussions)
            told.setdefault(day + timedelta(weeks=1), []).extend(later)
        self._course.go_on(self._today)
        self._now(series)

    def _start_series(self) -> str:
        by_role = {it.role: it.id for it in self._members}
        series = self._meetings.start_series(
            locality_id(LOCALITY),
            {
                **self._words["series"], "weekday": WEEKDAY, "starts_at": f"{_BEGINS:%H:%M}", "length_minutes": 90,
                "health_chair_id": by_role.get(Role.MDT_CHAIR), "council_chair_id": by_role.get(Role.SOCIAL_WORKER),
            },
        ).made  # fmt: skip
        self._meetings.set_members(series, {self._me: "", **{it.id: role_words(it) for it in self._members}})
        return series

    def _before(self, discussion: Discussion, day: date) -> None:
        """What happened to the person since the last meeting, where their story has something."""
        case, story = discussion.case, self._words["stories"][discussion.case.story["key"]]
        if discussion.turn is None and case.stage in _INVITED_ONLY:
            Cases(self._access).join_team(case.case_id, self._me, "")  # the navigator who invites somebody knows them
        if discussion.turn != _LAST_TURN:
            return
        if "hospital" in story:
            left = day - timedelta(days=4)
            self._happenings.went_to_hospital(
                case.person_id, left - timedelta(days=3 + case.person.place % 6), left,
                hospital="Marshgate General Hospital (demo)", reason=story["hospital"],
            )  # fmt: skip
        for kind in (HappeningKind.CARER_CRISIS, HappeningKind.CONTINGENCY_TRIGGERED):
            words = story.get(kind.value.removesuffix("_triggered"))
            if words:
                self._happenings.happened(case.person_id, kind, day - timedelta(days=3), words)

    def _hold(self, meeting: str, number: int, day: date, discussions: list[Discussion]) -> list[Discussion]:
        """Hold one meeting; returns what it did not reach."""
        items = [self._agendas.add(meeting, it.case.case_id, it.said["question"]).made for it in discussions]
        self._forward_to(day, _BEGINS)
        self._room.begin(meeting)
        self._attend(meeting, number)
        reached = len(items)
        if number % _NOT_REACHED_EVERY == _NOT_REACHED_EVERY - 1 and len(items) > 2:
            reached -= 1
        for place, (item, discussion) in enumerate(zip(items[:reached], discussions, strict=False)):
            parked = (number + place) % _PARKED_EVERY == 0 and place == 1
            self._discuss(item, discussion, number, day, parked)
        self._clock.forward(minutes=6)
        self._seal(meeting, number, day)
        return discussions[reached:]

    def _attend(self, meeting: str, number: int) -> None:
        chair = self._meetings.meeting(meeting).chair_id
        for who in self._meetings.attendance(meeting):
            drawn = draw("comes", number, who.name)
            mode = AttendanceMode.BY_VIDEO if draw("video", number, who.name) < 30 else AttendanceMode.IN_THE_ROOM
            if drawn < 82 or who.practitioner_id in (chair, self._me):
                self._room.attend(who.id, AttendanceState.PRESENT, mode)
            elif drawn < 95:
                self._room.attend(who.id, AttendanceState.APOLOGIES)

    def _discuss(self, item: str, discussion: Discussion, number: int, day: date, parked: bool) -> None:
        case, said = discussion.case, discussion.said
        about = case.story["about"]["most_important"]
        view = {"persons_view": about}
        if discussion.turn is None:
            view = {"persons_view_why_not": self._words["not_known"]}
        if "carers_view" in said:
            view["carers_view"] = said["carers_view"]
        self._agendas.set_words(item, **view)
        self._room.open(item)
        self._clock.forward(minutes=3 + draw("first", item_key(case, number)) % 4)
        self._room.note(item, said["note"])
        if parked:
            worker = self._workforce.one(Role.SOCIAL_WORKER, case.person.practice)
            owner = worker.id if worker else self._me
            self._room.park(item, owner, day + timedelta(weeks=2), said["decisions"][0]["tasks"][0]["what"])
            self._take_up(item, None, item_key(case, number))
            return
        if discussion.turn == 0 and case.stage in _STARTED:
            self._agree_lead(case, item)
        if number == _LEAD_CHANGED and discussion.turn == 1:
            self._change_lead(case)
        for place, decision in enumerate(said["decisions"]):
            self._decide(item, case, decision, day, f"{item_key(case, number)}:{place}")
        self._clock.forward(minutes=3 + draw("second", item_key(case, number)) % 5)
        self._room.close_item(item, Outcome(said["outcome"]))

    def _decide(self, item: str, case: DemoCase, decision: dict[str, Any], day: date, key: str) -> None:
        first, *more = decision["tasks"]
        self._clock.forward(seconds=50)  # what is written at one moment stands in no order
        made = self._room.decide(
            item, decision["words"], DecisionKind(decision["kind"]), task=self._new_task(case, first, day)
        ).made
        for task in more:
            self._clock.forward(seconds=20)
            self._room.agree_to(item, self._new_task(case, task, day), made)
        self._take_up(item, made, key)

    def _take_up(self, item: str, decision: str | None, key: str) -> None:
        """Let the actions of a decision, or of parking somebody, go on after the meeting."""
        for task in self._room.discussion(item).tasks:
            if task.decision_id == decision and task.due is not None:
                self._course.agreed(Agreed(task.id, task.owner_id, task.owner, task.due, f"{key}:{task.what}"))

    def _new_task(self, case: DemoCase, task: dict[str, Any], day: date) -> NewTask:
        worker = self._worker(Role(task["who"]), case)
        return NewTask(task["what"], owner_id=worker.id if worker else self._me, due=day + timedelta(days=task["days"]))

    def _worker(self, role: Role, case: DemoCase) -> Worker | None:
        """Who does it; what is the navigator's is done by who is at the keyboard."""
        return None if role is Role.CARE_NAVIGATOR else self._workforce.one(role, case.person.practice)

    def _agree_lead(self, case: DemoCase, item: str) -> None:
        """Every other person without a lead gets one in the room, where the meeting may agree."""
        self._leads += 1
        if self._leads % _LEADS_AGREED_EVERY and not self._room.discussion(item).missing_for_quorum:
            proposal = self._allocations.propose(case.case_id)
            self._allocations.agree(case.case_id, proposal.practitioner.id, proposal)

    def _change_lead(self, case: DemoCase) -> None:
        nurse = self._workforce.one(Role.DISTRICT_NURSE_LEAD, case.person.practice)
        proposal = self._allocations.propose(case.case_id)
        if nurse is not None and nurse.id != proposal.practitioner.id:
            self._allocations.agree(case.case_id, nurse.id, proposal, self._words["lead_change"])

    def _seal(self, meeting: str, number: int, day: date) -> None:
        answers = 2 if number == _TWO_ANSWERS else 3 + draw("answers", number) % 3
        for answer in range(answers):
            self._results.answer_pulse(meeting, _pulse(number, answer))
        if number == _IMPROVEMENT:
            administrator = next((it.id for it in self._members if it.role is Role.MDT_ADMINISTRATOR), self._me)
            wish = NewTask(self._words["improvement"], owner_id=administrator, due=day + timedelta(weeks=4))
            made = self._results.agree_improvement(meeting, wish).made
            self._course.agreed(Agreed(made, administrator, "", wish.due or day, "improvement"))
        self._closing.seal(meeting, day + timedelta(weeks=1))
        if number == _ADDENDUM:
            self._clock.forward(days=1)
            self._closing.add(meeting, self._words["addendum"])

    def _now(self, series: str) -> None:
        """The last days, and the next meeting with the agenda that writes itself."""
        active = [it for it in self._cases if it.stage in (Stage.ACTIVE, Stage.REVIEW)]
        self._forward_to(self._today - timedelta(days=3), time(9, 30))
        for case, question in zip(active[::4], self._words["referrals"], strict=False):
            self._happenings.refer(case.case_id, question)
        handover = self._words["handover"]
        for case in active[1:2]:
            self._happenings.hand_over(case.case_id, handover["need"], handover["next"], to_words=handover["to"])
        for case in active[2:3]:
            self._happenings.went_to_hospital(
                case.person_id, self._today - timedelta(days=12), self._today - timedelta(days=4),
                hospital="Marshgate General Hospital (demo)", reason="Fall with a broken wrist",
            )  # fmt: skip
        meeting = self._meetings.plan(series, next_day(self._today)).made
        self._agendas.write(meeting)

    def _forward_to(self, day: date, at: time) -> None:
        """The clock goes on to a time; never back."""
        self._clock.at = max(self._clock.at, datetime.combine(day, at, self._clock.at.tzinfo))


def item_key(case: DemoCase, number: int) -> str:
    """What the draws about one person in one meeting depend on."""
    return f"{case.person.place}:{number}"


def _pulse(number: int, answer: int) -> dict[PulsePart, int]:
    """One set of six taps: a team that gets better at it over the half year, and never of one mind."""
    better = 2.7 + number * 0.055
    return {
        part: min(5, max(1, round(better + (place % 3) * 0.3 + (draw("pulse", number, answer, part) - 50) / 60)))
        for place, part in enumerate(PulsePart)
    }
