"""Recording decisions on sharing, in a real store: what is in force, what stays, and what is refused."""

from datetime import date, timedelta

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.consent import ConsentBasis, ConsentDecision, ConsentNeedsBasis, ConsentStatus
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.paths import migrations_dir
from mdt_desktop.services.consents import DecidedInFuture
from mdt_desktop.store.transactions import writing
from tests.helpers.borough import a_decision, a_person, a_place
from tests.helpers.clocks import FrozenClock


@pytest.fixture
def person(program: Program) -> str:
    return a_person(program, a_place(program))


def in_force(program: Program, person: str) -> tuple[ConsentStatus, bool]:
    consent = program.services.case_file.overview(person).consent
    return consent.status, consent.may_share


def test_nobody_has_consented_before_they_were_asked(program: Program, person: str) -> None:
    assert in_force(program, person) == (ConsentStatus.NOT_ASKED, False)


def test_the_latest_decision_is_in_force_and_the_others_stay(program: Program, person: str) -> None:
    record = program.services.consents.record
    record(person, a_decision(on=date(2026, 10, 1)))
    record(person, a_decision(ConsentStatus.WITHDRAWN, None, date(2026, 11, 20)))
    assert in_force(program, person) == (ConsentStatus.WITHDRAWN, False)
    assert [it.status for it in program.services.case_file.consents(person)] == [
        ConsentStatus.WITHDRAWN,
        ConsentStatus.GIVEN,
    ]


def test_a_decision_recorded_late_does_not_replace_a_newer_one(program: Program, person: str) -> None:
    record = program.services.consents.record
    record(person, a_decision(ConsentStatus.REFUSED, None, date(2026, 11, 20)))
    record(person, a_decision(on=date(2026, 10, 1)))
    assert in_force(program, person) == (ConsentStatus.REFUSED, False)


def test_of_two_decisions_of_one_day_the_one_recorded_last_holds(
    program: Program, person: str, clock: FrozenClock
) -> None:
    record = program.services.consents.record
    record(person, a_decision())
    clock.advance(timedelta(minutes=1))
    record(person, a_decision(ConsentStatus.WITHDRAWN, None))
    assert in_force(program, person)[0] is ConsentStatus.WITHDRAWN


def test_everything_typed_is_kept_with_who_recorded_it(program: Program, person: str) -> None:
    decision = ConsentDecision(
        ConsentStatus.LACKS_CAPACITY,
        ConsentBasis.BEST_INTERESTS,
        " GP practice ",
        "The plan",
        "Meeting of 2 November",
        "Dr Ann Placeholder",
        date(2026, 11, 2),
    )
    changes = program.services.consents.record(person, decision)
    kept = program.services.case_file.overview(person).consent
    assert kept.may_share
    assert (kept.basis, kept.shared_with, kept.evidence) == (
        ConsentBasis.BEST_INTERESTS,
        "GP practice",
        "Meeting of 2 November",
    )
    assert (kept.decided_by, kept.decided_on, kept.recorded_by) == (
        "Dr Ann Placeholder",
        date(2026, 11, 2),
        "Pat Sample",
    )
    assert (changes.made, changes.concern("consent"), changes.concern(person)) == (kept.id, True, True)


REFUSED = {
    "given without basis": (a_decision(basis=None), ConsentNeedsBasis),
    "given in best interests": (a_decision(basis=ConsentBasis.BEST_INTERESTS), ConsentNeedsBasis),
    "lacking capacity but signed": (a_decision(ConsentStatus.LACKS_CAPACITY), ConsentNeedsBasis),
    "decided tomorrow": (a_decision(on=date(2026, 11, 24)), DecidedInFuture),
}


@pytest.mark.parametrize(("decision", "error"), REFUSED.values(), ids=REFUSED)
def test_a_refused_decision_leaves_nothing(
    program: Program, person: str, decision: ConsentDecision, error: type[Exception]
) -> None:
    with pytest.raises(error):
        program.services.consents.record(person, decision)
    assert in_force(program, person)[0] is ConsentStatus.NOT_ASKED


def test_a_decision_of_nobody_is_refused(program: Program) -> None:
    with pytest.raises(NotFound):
        program.services.consents.record("nobody", a_decision())


def test_the_history_tells_the_act_by_its_name(program: Program, person: str) -> None:
    made = program.services.consents.record(person, a_decision()).made
    acts = [(it.action, it.record_id) for it in program.services.case_file.history(person)]
    assert ("consent", made) in acts


def test_decisions_from_before_the_exchange_are_taken_to_have_known_those_before_them(
    program: Program, person: str
) -> None:
    for day in (1, 5, 3):
        program.services.consents.record(person, a_decision(on=date(2026, 10, day)))
    earliest_first = [it.id for it in program.services.case_file.consents(person)][::-1]
    script = (migrations_dir() / "local" / "versions" / "0005_sync.sql").read_text(encoding="utf-8")
    backfill = next(it for it in script.split(";\n\n") if "UPDATE consent" in it)
    with writing(program.access.database) as connection:
        connection.execute("UPDATE consent SET knew = ''")
        connection.execute(backfill)
        rows = connection.execute("SELECT id, knew FROM consent").fetchall()
    known = {id_: set(filter(None, knew.split(","))) for id_, knew in rows}
    assert known == {id_: set(earliest_first[:place]) for place, id_ in enumerate(earliest_first)}
