"""The audit viewer's questions: filters on a long log by index alone, searches without their words, and by right."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.audit import ActKind
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import AccessRole, NotPermitted
from mdt_desktop.services.audits import AuditQuery, Audits
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import audit
from mdt_desktop.store.queries.audit import AuditFilter, AuditLine
from mdt_desktop.store.transactions import writing
from tests.helpers.borough import a_person, a_place, a_store
from tests.helpers.clocks import NOW, FrozenClock
from tests.helpers.colleagues import a_colleague, an_administrator_elsewhere, audited, give


@pytest.fixture
def program(tmp_path: Path, clock: FrozenClock) -> Iterator[Program]:
    with a_store(tmp_path, clock) as made:
        yield made


def actions(audits: Audits, **wanted: object) -> list[str]:
    """The acts that a query finds, the latest first."""
    listing = audits.listing(AuditQuery(**wanted))  # type: ignore[arg-type]  # by name in the tests below
    assert len(audits.lines(listing, 0, 1000)) == listing.total
    return [line.action for line in audits.lines(listing, 0, 1000)]


@pytest.fixture
def person(program: Program, clock: FrozenClock) -> str:
    """Somebody who was looked at on three days by two people, printed, and refused once."""
    place = a_place(program)
    person_id = a_person(program, place)
    nurse = a_colleague(program, Role.COMMUNITY_NURSE, "Nora Nurse")
    for _ in range(3):
        clock.advance(timedelta(days=1))
        program.services.case_file.viewed(person_id)
    nurse.case_file.viewed(person_id)
    database = program.access.database
    with writing(database) as connection:
        act = Act("print", "person", person_id, person_id, "whole", "For the 100% review_of Mrs E")
        audit_log.append(connection, program.access.actor, clock(), [act])
    an_administrator_elsewhere(program)
    with pytest.raises(NotPermitted):
        nurse.roles.give("somebody", AccessRole.CHAIR)
    give(program, program.services, AccessRole.IG_LEAD)
    return person_id


def test_each_filter_finds_what_it_says_and_together_they_narrow(program: Program, person: str) -> None:
    audits = program.services.audits
    everything = actions(audits)
    assert everything[-1] == "found_store"
    assert everything.count("view") == 4
    assert actions(audits, person_id=person) == ["print", "view", "view", "view", "view", "create"]
    assert actions(audits, kinds=frozenset({ActKind.VIEW, ActKind.REFUSED})) == ["refused", *["view"] * 4]
    nurse = next(id_ for id_, name in audits.actors() if name == "Nora Nurse")
    assert actions(audits, actor_id=nurse) == ["refused", "view"]
    assert actions(audits, actor_id=nurse, kinds=frozenset({ActKind.VIEW})) == ["view"]
    assert actions(audits, since=date(2026, 11, 25), until=date(2026, 11, 25)) == ["view"]
    assert actions(audits, since=date(2026, 11, 26), kinds=frozenset({ActKind.VIEW})) == ["view", "view"]
    assert actions(audits, until=date(2026, 11, 22)) == []


@pytest.mark.parametrize(
    ("text", "found"), [("review", 1), ("MRS", 1), ("100%", 1), ("review_of", 1), ("1000", 0), ("%", 1), ("'; --", 0)]
)
def test_the_text_of_reasons_is_searched_as_plain_text(program: Program, person: str, text: str, found: int) -> None:
    assert len(actions(program.services.audits, text=text)) == found


def test_lines_name_the_person_only_to_whoever_may_see_the_caseload(program: Program, person: str) -> None:
    audits = program.services.audits
    (line,) = audits.lines(audits.listing(AuditQuery(kinds=frozenset({ActKind.PRINT}))), 0, 10)
    assert (line.person, line.actor, line.fields) == ("EXAMPLE, Amina (Mrs)", "Pat Sample", "whole")
    found = audit.lines(program.access.database.reader, [line.seq], with_names=False)
    assert [it.person for it in found] == [""]


def test_whoever_may_not_see_the_audit_sees_what_was_done_about_one_person_where_they_may(
    program: Program, person: str
) -> None:
    nurse = a_colleague(program, Role.COMMUNITY_NURSE, "Nina Nurse")
    with pytest.raises(NotPermitted):
        nurse.audits.listing(AuditQuery())
    with pytest.raises(NotPermitted):
        nurse.audits.actors()
    assert actions(nurse.audits, person_id=person)[0] == "print"
    volunteer = a_colleague(program, Role.VOLUNTEER, "Vic Volunteer")
    with pytest.raises(NotPermitted):
        volunteer.audits.listing(AuditQuery(person_id=person))


def test_a_search_is_kept_by_its_kinds_of_words_and_how_many_were_found_never_by_the_words(
    program: Program,
) -> None:
    audits = program.services.audits
    audits.record_search("Wilhelmina 14/08/1940 E1 4AA", 12)
    audits.record_search("9434765919", 1)
    assert audited(program, "search") == [
        ("Pat Sample", "date,name,postcode", "12 people found"),
        ("Pat Sample", "number", "1 person found"),
    ]
    rows = program.access.database.reader.execute("SELECT * FROM audit_entry WHERE action = 'search'").fetchall()
    assert not any(word in str(rows).casefold() for word in ("wilhelmina", "1940", "4aa", "9434765919"))


def test_a_whole_list_is_not_read_and_pages_join_without_a_gap(program: Program, person: str) -> None:
    audits = program.services.audits
    listing = audits.listing(AuditQuery())
    numbers = [line.seq for first in range(0, listing.total, 4) for line in audits.lines(listing, first, 4)]
    assert numbers == list(range(listing.total, 0, -1))
    assert audits.lines(listing, listing.total, 10) == []


def test_looking_at_the_log_is_an_act_as_well(program: Program) -> None:
    program.services.audits.record_view()
    assert len(audited(program, "see_audit")) == 1
    assert program.services.audits.chain().holds


FILTERS = {
    "by person": AuditFilter(person_id="p"),
    "by who": AuditFilter(actor_id="a"),
    "by act": AuditFilter(actions=("view", "preview")),
    "by act and who": AuditFilter(actor_id="a", actions=("view",)),
    "from a day": AuditFilter(since=NOW),
    "to a day": AuditFilter(until=NOW),
    "between days by act": AuditFilter(actions=("print",), since=NOW, until=NOW),
    "by the text of a reason": AuditFilter(text="home"),
    "by text, act and who": AuditFilter(text="home", actions=("print",), actor_id="a"),
}


@pytest.mark.parametrize("wanted", list(FILTERS.values()), ids=list(FILTERS))
def test_no_filter_reads_the_log_itself(program: Program, wanted: AuditFilter) -> None:
    plan = audit.plan_of(program.access.database.reader, wanted)
    assert "USING" in plan
    assert "INDEX" in plan
    assert "SCAN audit_entry" not in plan or "COVERING INDEX audit_entry_by_reason" in plan


MANY = 5_000


def test_on_a_long_log_every_filter_agrees_with_a_look_at_each_entry(program: Program) -> None:
    """The same questions answered by reading everything, on a log of some thousand entries of every kind."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    kinds = ("view", "print", "update", "search", "refused")
    people = [f"person-{number}" for number in range(7)]
    with writing(program.access.database) as connection:
        for number in range(MANY):
            reason = f"because of {number % 9}" if number % 3 == 0 else ""
            act = Act(kinds[number % 5], "person", "", people[number % 7], "", reason)
            audit_log.append(connection, program.access.actor, start + timedelta(minutes=17 * number), [act])
    reader = program.access.database.reader
    every = audit.lines(reader, range(audit.last_number(reader), 0, -1), with_names=False)
    since, until = start + timedelta(days=10), start + timedelta(days=30)
    questions: dict[AuditFilter, Callable[[AuditLine], bool]] = {
        AuditFilter(actions=("print",), person_id="person-3"): lambda it: (
            it.action == "print" and it.person_id == "person-3"
        ),
        AuditFilter(since=since, until=until): lambda it: since <= it.at < until,
        AuditFilter(text="of 6", actions=("view", "search")): lambda it: (
            "of 6" in it.reason and it.action in ("view", "search")
        ),
        AuditFilter(actor_id=program.access.actor.practitioner_id, since=until): lambda it: it.at >= until,
    }
    for wanted, fits in questions.items():
        assert list(audit.found(reader, wanted)) == [it.seq for it in every if fits(it)]
        assert audit.found(reader, wanted)
