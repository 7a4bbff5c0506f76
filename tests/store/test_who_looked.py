"""Who looked at a person's plan: in plain English, by day, with role and organisation, and nothing that is an id."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.documents.writing import PaperFileExists
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import OrganisationKind, Role
from mdt_desktop.domain.permissions import AccessRole, NotPermitted
from mdt_desktop.domain.printing import PaperKind, PrintReason, Purpose
from mdt_desktop.domain.sharing import NothingMayGo
from mdt_desktop.services.who_looked import WhoLookedPaper, deed_words
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.transactions import writing
from tests.helpers.borough import a_person, a_person_with_case, a_place, a_store
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague, an_organisation, audited, give
from tests.helpers.pdfs import pages_of, text_of

FOR_THEM = Purpose(PrintReason.FOR_THE_PERSON)
AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}", re.IGNORECASE)


@pytest.fixture
def program(tmp_path: Path, clock: FrozenClock) -> Iterator[Program]:
    with a_store(tmp_path, clock) as made:
        yield made


def told(paper: WhoLookedPaper) -> list[tuple[str, str, list[str]]]:
    """Day, who, and what, as it is read."""
    return [
        (str(day.day), visitor.who, [deed_words(deed) for deed in visitor.deeds])
        for day in paper.days
        for visitor in day.visitors
    ]


@pytest.fixture
def person(program: Program, clock: FrozenClock) -> str:
    """Somebody whose record was opened by two people on two days; one of them works for an organisation."""
    person_id = a_person(program, a_place(program))
    trust = an_organisation(program, "Invented Hospital Trust", OrganisationKind.ACUTE_TRUST)
    nurse = a_colleague(program, Role.COMMUNITY_NURSE, "Nora Nurse", trust)
    clock.advance(timedelta(days=1))
    for _ in range(3):
        nurse.case_file.viewed(person_id)
    program.services.case_file.viewed(person_id)
    program.services.printing.record_print(person_id, FOR_THEM, cancelled=True)
    return person_id


def test_it_says_by_day_who_with_role_and_organisation_did_what_and_how_often(program: Program, person: str) -> None:
    paper = program.services.who_looked.paper(person)
    assert told(paper) == [
        ("2026-11-24", "Nora Nurse, Community nurse, Invented Hospital Trust", ["Opened your record (3 times)"]),
        (
            "2026-11-24",
            "Pat Sample, Care navigator, Invented Council",
            ["Opened your record", "Began to print and stopped: nothing was printed"],
        ),
        ("2026-11-23", "Pat Sample, Care navigator, Invented Council", ["Put your name and address on the register"]),
    ]


def test_a_whole_case_is_told_without_a_word_that_nobody_says(program: Program) -> None:
    person_id, _ = a_person_with_case(program, a_place(program), Stage.ACTIVE)
    paper = program.services.who_looked.paper(person_id)
    lines = [line for _, _, deeds in told(paper) for line in deeds]
    plain = {line.partition(" (")[0].partition(".")[0] for line in lines}
    assert plain >= {
        "Wrote down what you decided about sharing",
        "Wrote in your assessment",
        "Signed a part of your assessment",
        "Recorded who leads your care",
        "Wrote in your care plan",
        "Recorded that your care plan was agreed",
        "Opened your case, or moved it a step on",
    }
    odd = [line for line in lines if AN_ID.search(line) or "_" in line or "…" in line]
    assert odd == []


def test_an_import_a_refusal_and_a_broken_glass_are_told_with_their_reason(program: Program, person: str) -> None:
    database, clock = program.access.database, program.access.clock
    program.services.restrictions.restrict(person, "She works in this team herself.")
    nurse = a_colleague(program, Role.COMMUNITY_NURSE, "Nina Nurse")
    with pytest.raises(NotPermitted):
        nurse.case_file.overview(person)
    nurse.restrictions.break_glass(person, "Ambulance crew asks for medicines.")
    with writing(database) as connection:
        audit_log.append(connection, program.access.actor, clock(), [Act("import", "stratification_run", "run-1")])
    governing = a_colleague(program, Role.GP, "Ida Governor")
    give(program, governing, AccessRole.IG_LEAD)
    paper = governing.who_looked.paper(person)
    lines = [line for _, _, deeds in told(paper) for line in deeds]
    assert "Closed your record to everybody but your own team. Why: She works in this team herself." in lines
    assert "Tried to see or change something and was not allowed to" in lines
    assert "Opened your closed record although not in your team. Why: Ambulance crew asks for medicines." in lines
    assert not any("monthly list" in line for line in lines), "no run that this person stands in"
    assert paper.ask == "Ida Governor, who is responsible for keeping information safe"


def test_a_list_in_which_they_stand_is_told_as_read_in(program: Program) -> None:
    place = a_place(program)
    person_id = a_person(program, place)
    database, access = program.access.database, program.access
    with writing(database) as connection:
        connection.execute(
            "INSERT INTO stratification_run VALUES ('run-1', ?, '2026-11-01', '', '', 'percentile', '', 1, 0, 0, 0,"
            " 0, 0, ?, '2026-11-23T09:00:00.000Z', 'x')",
            (place.practice, "0" * 64),
        )
        connection.execute(
            "INSERT INTO risk_score (id, person_id, run_id, tier, long_term_conditions)"
            " VALUES ('score-1', ?, 'run-1', 'below', '')",
            (person_id,),
        )
        audit_log.append(connection, access.actor, access.clock(), [Act("import", "stratification_run", "run-1")])
    lines = [line for _, _, deeds in told(program.services.who_looked.paper(person_id)) for line in deeds]
    assert "Read in the monthly list of your GP practice, in which you stand" in lines


def test_the_paper_can_be_handed_over_with_long_dates_and_no_ids(program: Program, person: str) -> None:
    printing = program.services.looked_printing
    paper = printing.paper_about(person, None, FOR_THEM)
    pdf = printing.pdf(paper)
    text = text_of(pdf)
    for wanted in ("Who looked at my care plan", "Mrs Amina Example", "24 November 2026", "23 November 2026",
                   "Nora Nurse, Community nurse, Invented Hospital Trust", "Opened your record (3 times)",
                   "Why this copy was made: For the person themselves."):  # fmt: skip
        assert wanted in text, wanted
    assert not AN_ID.search(text)
    assert "24-Nov-2026" not in text
    contents = printing.contents(paper, pdf, may_be_shared=False)
    assert (contents.kind, contents.pages, contents.file_name) == (PaperKind.WHO_LOOKED, 1, "who-looked-2026-11-24.pdf")
    assert contents.sections == ("2 days, 2 people",)


def test_a_long_history_flows_over_pages(program: Program, person: str, clock: FrozenClock) -> None:
    for _ in range(60):
        clock.advance(timedelta(days=1))
        program.services.case_file.viewed(person)
    printing = program.services.looked_printing
    shown = pages_of(printing.pdf(printing.paper_about(person)))
    assert len(shown) > 2
    assert all("Amina Example" in text for text in shown)


def test_it_belongs_to_the_person_and_goes_to_nobody_else(program: Program, person: str, tmp_path: Path) -> None:
    printing = program.services.looked_printing
    for_carers = Purpose(PrintReason.FOR_HOME_CARE)
    assert not printing.may_be_shared(person)
    assert printing.recipients(person) == []
    for refused in (
        lambda: printing.paper_about(person, None, for_carers),
        lambda: printing.record_print(person, for_carers),
        lambda: printing.save_pdf(person, b"%PDF-", tmp_path / "x.pdf", for_carers),
    ):
        with pytest.raises(NothingMayGo):
            refused()
    assert audited(program, "print")[-1][1] == "cancelled"
    assert not (tmp_path / "x.pdf").exists()


def test_looking_printing_saving_and_calling_off_are_audited_themselves(
    program: Program, person: str, tmp_path: Path
) -> None:
    printing = program.services.looked_printing
    printing.record_preview(person)
    printing.record_print(person, FOR_THEM)
    printing.record_export(person, FOR_THEM, cancelled=True)
    printing.save_pdf(person, b"%PDF-", tmp_path / "who.pdf", FOR_THEM)
    with pytest.raises(PaperFileExists):
        printing.save_pdf(person, b"%PDF-", tmp_path / "who.pdf", FOR_THEM)
    assert len(audited(program, "who_looked")) == 1
    assert [fields for _, fields, _ in audited(program, "print")] == ["cancelled", "whole"]
    assert [fields for _, fields, _ in audited(program, "export")] == ["cancelled", "whole"]
    lines = [line for _, _, deeds in told(program.services.who_looked.paper(person)) for line in deeds]
    assert "Looked at this list" in lines
    assert "Printed this list. Why: For the person themselves" in lines
    assert audit_log.first_broken(program.access.database.reader) is None


def test_nobody_has_no_list(program: Program) -> None:
    with pytest.raises(NotFound):
        program.services.who_looked.paper("nobody")
    with pytest.raises(NotFound):
        program.services.who_looked.viewed("nobody")
