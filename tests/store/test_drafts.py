"""Half-typed words in a real store: kept and put back, neither audited nor sent, dropped when old, never half."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.drafts import MOST_CHARACTERS, Draft, DraftPlace, DraftTooLong
from mdt_desktop.store.database import StoreFull
from tests.helpers.clocks import NOW, FrozenClock
from tests.helpers.stores import PASSPHRASE, make_store

PERSON = "01991f4e-0000-7000-8000-000000000001"
CONSENT = DraftPlace("case", "consent", PERSON)
CONTACT = DraftPlace("case", "contact", PERSON)
WORDS = {"evidence": "He said that he would rather … 'ask my daughter Siân'\n", "given": True}


@pytest.fixture
def program(data_folder: DataFolder, clock: FrozenClock) -> Iterator[Program]:
    made, _ = make_store(data_folder, clock)
    with made:
        yield made


def rows(program: Program, table: str) -> int:
    return int(program.access.database.reader.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_words_are_there_as_they_were_typed_after_the_store_was_closed(
    program: Program, data_folder: DataFolder, clock: FrozenClock
) -> None:
    program.services.drafts.keep(CONSENT, WORDS)
    program.close()
    with bootstrap.open_with_passphrase(data_folder, PASSPHRASE, clock=clock) as again:
        assert again.services.drafts.everything() == (Draft(CONSENT, WORDS, NOW),)


def test_one_place_has_one_draft_and_the_newest_comes_first(program: Program, clock: FrozenClock) -> None:
    drafts = program.services.drafts
    drafts.keep(CONSENT, {"evidence": "He"})
    drafts.keep(CONTACT, {"contact_name": "Siân"})
    clock.advance(timedelta(seconds=2))
    drafts.keep(CONSENT, {"evidence": "He said"})
    assert [(it.place, it.content) for it in drafts.everything()] == [
        (CONSENT, {"evidence": "He said"}),
        (CONTACT, {"contact_name": "Siân"}),
    ]


def test_the_same_form_about_another_person_is_another_place(program: Program) -> None:
    other = DraftPlace("case", "consent", PERSON[:-1] + "2")
    program.services.drafts.keep(CONSENT, {"evidence": "He said"})
    program.services.drafts.keep(other, {"evidence": "She said"})
    program.services.drafts.drop(CONSENT)
    assert [it.place for it in program.services.drafts.everything()] == [other]


def test_a_draft_is_neither_audited_nor_sent(program: Program) -> None:
    before = rows(program, "audit_entry"), rows(program, "outbox")
    changes = program.services.drafts.keep(CONSENT, WORDS)
    program.services.drafts.drop(CONSENT)
    assert (rows(program, "audit_entry"), rows(program, "outbox")) == before
    assert not changes, "no page is told"


@pytest.mark.parametrize(("days", "is_there"), [(29, True), (30, True), (31, False)])
def test_what_nobody_went_on_with_for_thirty_days_is_dropped(
    program: Program, clock: FrozenClock, days: int, is_there: bool
) -> None:
    drafts = program.services.drafts
    drafts.keep(CONSENT, WORDS)
    clock.advance(timedelta(days=days))
    assert bool(drafts.everything()) is is_there
    assert drafts.has_old() is not is_there
    drafts.drop_old()
    assert rows(program, "draft") == int(is_there)


def test_words_of_somebody_else_who_works_with_the_store_are_not_put_back(program: Program) -> None:
    program.services.drafts.keep(CONSENT, WORDS)
    other = PERSON[:-1] + "9"
    program.access.database.writer.execute("UPDATE draft SET practitioner_id = ?", (other,))
    assert program.services.drafts.everything() == ()


def test_more_than_can_be_kept_is_refused_with_a_sentence_and_what_was_kept_stays(program: Program) -> None:
    program.services.drafts.keep(CONSENT, WORDS)
    with pytest.raises(DraftTooLong):
        program.services.drafts.keep(CONSENT, {"evidence": "a" * MOST_CHARACTERS})
    assert program.services.drafts.everything()[0].content == WORDS


@pytest.mark.parametrize("damaged", ["", "{", "[1]", "null", '"text"'])
def test_a_draft_that_cannot_be_read_is_left_out_and_nothing_else(program: Program, damaged: str) -> None:
    program.services.drafts.keep(CONSENT, WORDS)
    program.services.drafts.keep(CONTACT, {"contact_name": "Siân"})
    program.access.database.writer.execute("UPDATE draft SET content = ? WHERE form = 'consent'", (damaged,))
    assert [it.place for it in program.services.drafts.everything()] == [CONTACT]


def test_a_full_disk_is_told_and_leaves_the_draft_before(program: Program) -> None:
    drafts = program.services.drafts
    drafts.keep(CONSENT, WORDS)
    writer = program.access.database.writer
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFull):
        drafts.keep(CONSENT, {"evidence": "a" * 900_000})
    assert drafts.everything()[0].content == WORDS
