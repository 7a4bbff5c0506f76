"""The stops of the tour for the page Sync. The demo is connected to nothing, so that what is there is only shown."""

import importlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.people import name_on_screen
from mdt_desktop.domain.permissions import AccessRole, Standing
from mdt_desktop.ui.messages import Notice, NoticeAction, Tone
from mdt_desktop.ui.script import Steps
from mdt_desktop.ui.tour_gestures import Stop, case, page
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.ui.tour import Tour

_AT, _LATER = "2026-11-23T09:12:00.000Z", "2026-11-23T09:13:04.000Z"


def _views() -> Any:
    return importlib.import_module("mdt_desktop.services.sync_views")


def _person(tour: "Tour") -> Any:
    return tour.page.case.view.overview.person


def _side(value: str, by: str, role: str, laptop: str = "", clock: str = "") -> Any:
    return _views().SideView(value, by, label(f"role.{role}"), laptop, "23-Nov-2026 09:12", clock)


def _conflict(person: Any, number: int, **given: Any) -> Any:
    """A conflict about a person of the demo."""
    views = _views()
    name = name_on_screen(person.family_name, person.given_names, person.title)
    made = views.ConflictView(
        f"{number}", "person", person.id, person.id, name, words("kind.person").capitalize(),
        words("case.field.telephone"), "020 7946 0100",
        _side("020 7946 0101", "Robin Example", "care_navigator", "council-laptop-07"),
        _side("020 7946 0102", "Sam Sample", "social_worker"),
        words("sync.rule.plain"), "020 7946 0102", "020 7946 0102", words("sync.inbox.marker"), "", False, True,
        views.FieldEditor(views.EditorKind.TEXT, longest=50), False,
    )  # fmt: skip
    return replace(made, **given)


def _inbox(person: Any) -> Any:
    consent = _conflict(
        person, 2, record=words("kind.consent").capitalize(), field=words("case.field.consent.status"), before="Given",
        mine=_side("Withdrawn", "Robin Example", "care_navigator", "council-laptop-07",
                   words("sync.inbox.clock", time="22-Nov-2026 21:40")),
        theirs=_side("Given", "Sam Sample", "social_worker"),
        rule=words("sync.rule.caution"), in_force="Withdrawn",
        effect=f"{words('sync.inbox.cautious')} {words('sync.inbox.marker')}",
        asked=words("sync.inbox.asked", by="Sam Sample", name="Robin Example"), asks_me=True, raw_in_force="withdrawn",
        third=_views().FieldEditor(
            _views().EditorKind.CHOICE,
            tuple((it, label(f"consent_status.{it}")) for it in ("given", "refused", "withdrawn")), False,
        ),
    )  # fmt: skip
    return _views().Inbox((consent, _conflict(person, 1)), (), 1)


def _duplicate(person: Any) -> Any:
    name = name_on_screen(person.family_name, person.given_names, person.title)
    rows = (
        (words("case.field.family_name").capitalize(), person.family_name, person.family_name),
        (words("case.field.given_names").capitalize(), person.given_names, person.given_names),
        (words("case.field.born").capitalize(), "14-Aug-1940", "14-Aug-1940"),
        (words("case.field.telephone").capitalize(), "020 7946 0101", "020 7946 0102"),
        (words("case.field.email").capitalize(), words("record.nothing"), "w.example@example.org"),
    )
    pair = _views().DuplicateView(person.id, "999 000 0107", name, name, rows, True)
    return _views().Inbox((), (pair,), 0)


def _queue(person: Any) -> Any:
    views = _views()
    name = name_on_screen(person.family_name, person.given_names, person.title)
    kinds = ", ".join(words("sync.queue.kind", count=n, kind=words(f"kind.{k}")) for n, k in ((2, "need"), (1, "goal")))
    flag = words("record.with_words", kind=words("kind.flag").capitalize(), words="Key safe by the back door")
    return views.Queue(
        (views.WaitingLine(person.id, name, 3, kinds), views.WaitingLine("", "", 1, f"1 {words('kind.practice')}")),
        (
            views.RefusedLine(4, person.id, name, flag, words("sync.refusal.forbidden"), 1, "23-Nov-2026 09:12", False),
            views.RefusedLine(
                5, person.id, name, words("kind.person").capitalize(), words("sync.refusal.invalid_nhs_number"), 3,
                "23-Nov-2026 09:12", True,
            ),
        ),
        (views.PutByLine("b", "South West", 2, "22-Nov-2026 16:40"),),
        4,
    )  # fmt: skip


def _sync(tour: "Tour", what: str) -> Steps:
    yield from case(tour)
    person = _person(tour)
    views = _views()
    yield from page(tour, "sync", tab="queue" if what == "queue" else "runs" if what == "runs" else "inbox")
    shown_kind: Any = importlib.import_module("mdt_desktop.ui.conflicts.page").Shown
    rights: Any = importlib.import_module("mdt_desktop.services.rights")
    nothing, waits = views.Inbox((), (), 0), views.Queue((), (), (), 0)
    inbox = _duplicate(person) if what == "duplicate" else _inbox(person) if what in ("inbox", "third") else nothing
    runs = [
        views.RunLine(_AT, _LATER, 12, 3, 1, ""),
        views.RunLine("2026-11-20T16:40:00.000Z", "2026-11-20T16:40:07.000Z", 0, 0, 0, "sync_offline"),
        views.RunLine("2026-11-16T08:55:00.000Z", "2026-11-16T08:57:10.000Z", 9300, 0, 0, ""),
    ]  # fmt: skip
    status = views.SyncStatus(
        what != "offline", "https://central.test", "Robin Example", _AT, handed_over=int(what == "queue")
    )
    if what == "witness":
        status = replace(status, missed_entry=48213, missed_at=_AT)
    tour.page.show_all(
        shown_kind(
            status, inbox, _queue(person) if what == "queue" else waits, runs,
            rights.Rights(Standing(frozenset({AccessRole.CARE_NAVIGATOR}))),
        )
    )  # fmt: skip
    if what == "queue":
        name = name_on_screen(person.family_name, person.given_names, person.title)
        line = (words("case.field.telephone").capitalize(), "020 7946 0103", "020 7946 0102")
        given = views.HandedOverView(
            "h", person.id, name, words("kind.person").capitalize(), "Nia Sample", "22-Nov-2026 16:40", (line,), True
        )
        tour.page.queue.show_handed_over((given,), may_decide=True)
    tour.page.header.show_summary("" if what == "offline" else words("sync.last", time="09:12"))
    if what == "first":
        text = words("sync.first", done=1200, of=9300)
        tour.page.strip.show_far(text, 1200, 9300, first=True)
        tour.page.now.setEnabled(False)
        tour.page.header.show_summary(words("sync.running"))
    elif what == "third":
        tour.page.inbox.wanted.emit("third")
    yield tour.settle(what)


def _unsettled(tour: "Tour") -> Steps:
    """A case with a field in dispute, and the state at the window's top."""
    yield from case(tour)
    view = tour.page.case.view
    kind: Any = importlib.import_module("mdt_desktop.services.unsettled").Unsettled
    told = kind("1", words("case.field.telephone"), "020 7946 0102")
    tour.page.show_found(replace(view, unsettled=(told,)))
    parts = (words("sync.last", time="09:12"), words("sync.waiting", count=2), words("sync.conflicts", count=1))
    state = ", ".join(parts)
    tour.start.window.show_sync(state, words("sync.open"))
    yield tour.settle("not settled")


def _open(person_id: str, *keys: tuple[str, ...]) -> Any:
    """Fields that are not settled, as the pages learn of them."""
    kind: Any = importlib.import_module("mdt_desktop.services.unsettled").Unsettled
    return {key: kind(person_id, words("case.field.telephone"), "Sam", key, len(key) > 3) for key in keys}


def _marked_plan(tour: "Tour") -> Steps:
    """A plan with a text and a goal that two people wrote differently."""
    yield from page(tour, "care_plan", person_id=tour.people["planning"])
    plan = tour.page.plan
    goal = next(goal for need in plan.needs for goal in need.goals)
    keys = ("care_plan", plan.id, "most_important"), ("goal", goal.id, "words")
    tour.page.document.show_unsettled(_open(plan.id, *keys))
    yield tour.settle("marks on the plan")


def _marked_answer(tour: "Tour") -> Steps:
    """An answer that two people gave differently."""
    yield from page(tour, "assessment", person_id=tour.people["active"])
    before = tour.page.shelf.shelf.assessments
    latest = next(it.id for it in before if it.questionnaire == "joint-assessment")
    yield from page(tour, "assessment", assessment_id=latest)
    tour.page.filling.show_unsettled(_open(latest, ("answer", latest, "mt-important", "")))
    yield tour.settle("a mark at an answer")


def _changed_elsewhere(tour: "Tour") -> Steps:
    """A sheet that is open when somebody else changed the record."""
    yield from case(tour, tab="people")
    tour.page.tab("people").add_contact()
    text = words("sync.changed_elsewhere", name="Sam Sample", time="14:32")
    action = NoticeAction(words("sync.changed_elsewhere_show"), lambda: None)
    tour.start.window.show_notice(Notice(text, Tone.WARNING, action))
    yield tour.settle("changed elsewhere")
    tour.start.window.show_sync("")


SYNC: tuple[Stop, ...] = (
    *(
        Stop(f"sync-{what}", partial(_sync, what=what))
        for what in ("empty", "inbox", "third", "duplicate", "queue", "runs", "first", "offline", "witness")
    ),
    Stop("case-not-settled", _unsettled),
    Stop("care-plan-not-settled", _marked_plan),
    Stop("assessment-not-settled", _marked_answer),
    Stop("case-changed-elsewhere", _changed_elsewhere),
)
"""Every stop of this kind."""
