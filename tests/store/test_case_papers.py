"""Papers of a case: kept in pieces inside the encrypted store, shown, saved as a copy, removed; each in the audit."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.documents.writing import PaperFileExists
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.exports import ListPurpose, ListReason
from mdt_desktop.domain.organisations import OrganisationKind, Role
from mdt_desktop.domain.papers import (
    PIECE_BYTES,
    PaperContentElsewhere,
    PaperIsHere,
    PaperIsRemoved,
    PaperNeedsReason,
    PaperNeedsTitle,
    PaperStatus,
)
from mdt_desktop.domain.permissions import NotPermitted
from mdt_desktop.domain.sharing import RecipientKind, SharedPart, SharingBasis, SharingChoice
from mdt_desktop.services.case_papers import CasePapers, OfferedPaper
from mdt_desktop.store import blobs
from mdt_desktop.store.blobs import ContentWrong
from tests.helpers.borough import a_person_with_case, a_place, a_store
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague, an_organisation
from tests.helpers.papers import a_noisy_pdf, a_pdf, a_picture

WHY = ListPurpose(ListReason.FOR_VISITS)


class Desk:
    """A case on an open store, and files to add to it."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program, self.folder = program, folder
        self.papers: CasePapers = program.services.case_papers
        self.place = a_place(program)
        self.person, self.case = a_person_with_case(program, self.place)

    def offered(self, content: bytes, name: str = "letter.pdf") -> OfferedPaper:
        (self.folder / name).write_bytes(content)
        return self.papers.read_file(self.folder / name)

    def add(self, content: bytes, name: str = "letter.pdf", case: str = "") -> str:
        return self.papers.add(case or self.case, self.offered(content, name), "Discharge letter").made

    def ask(self, sql: str, *values: str) -> list[tuple[object, ...]]:
        return list(self.program.access.database.reader.execute(sql, values).fetchall())

    def count(self, table: str) -> object:
        return self.ask(f"SELECT count(*) FROM {table}")[0][0]

    def acts(self, paper: str) -> list[tuple[object, ...]]:
        return self.ask(
            "SELECT action, person_id, reason FROM audit_entry WHERE record_id = ? ORDER BY seq", paper
        )


@pytest.fixture
def desk(tmp_path: Path, clock: FrozenClock) -> Iterator[Desk]:
    with a_store(tmp_path, clock) as program:
        yield Desk(program, tmp_path)


def test_a_paper_is_kept_in_pieces_with_its_digest_and_waits_to_be_sent(desk: Desk) -> None:
    content = a_noisy_pdf(3 * PIECE_BYTES)
    paper = desk.add(content)
    (found,) = desk.papers.of_case(desk.case)
    assert (found.id, found.title, found.size, found.is_here) == (paper, "Discharge letter", len(content), True)
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert (found.added_by, found.sent, found.status) == ("Pat Sample", False, PaperStatus.CURRENT)
    sizes = [row[0] for row in desk.ask("SELECT length(content) FROM blob_piece ORDER BY number")]
    assert sizes[:3] == [PIECE_BYTES] * 3
    assert sum(sizes) == len(content)  # type: ignore[arg-type]
    assert desk.papers.content(paper) == content
    assert desk.acts(paper) == [("create", desk.person, "")]
    assert desk.ask("SELECT kind FROM outbox WHERE type = 'case_paper'") == [("create",)]
    sent = str(desk.ask("SELECT set_json FROM outbox WHERE type = 'case_paper'")[0][0])
    assert len(sent) < 1000, "the record is sent, its content goes another way"
    assert desk.program.access.database.check().sound


def test_a_paper_is_opened_in_memory_and_looking_at_it_is_in_the_audit(desk: Desk) -> None:
    paper = desk.add(a_pdf(2))
    before = set(desk.folder.rglob("*"))
    opened = desk.papers.open(paper)
    assert (len(opened.pages), desk.papers.page(opened, 1, 0.5).width) == (2, 298)
    desk.papers.record_viewed(paper)
    assert set(desk.folder.rglob("*")) == before, "nothing is put into a file to be shown"
    assert desk.acts(paper)[-1] == ("view", desk.person, "")
    told = [it for it in desk.program.services.case_file.history(desk.person) if it.kind == "case_paper"]
    assert [it.action for it in told] == ["view", "create"]


def test_the_same_content_is_once_in_a_case_and_kept_once_for_two_cases(desk: Desk) -> None:
    content = a_pdf()
    first = desk.add(content)
    with pytest.raises(PaperIsHere):
        desk.add(content)
    _, other_case = a_person_with_case(desk.program, desk.place, nhs_number=None)
    second = desk.add(content, case=other_case)
    assert desk.count("blob") == 1
    desk.papers.remove(first, "It was somebody else's.")
    assert desk.papers.content(second) == content
    desk.papers.remove(second, "It was somebody else's.")
    assert (desk.count("blob"), desk.count("blob_piece")) == (0, 0)


def test_a_paper_needs_a_title_and_what_is_refused_leaves_nothing(desk: Desk) -> None:
    offered = desk.offered(a_picture(), "sheet.png")
    with pytest.raises(PaperNeedsTitle):
        desk.papers.add(desk.case, offered, "  ")
    with pytest.raises(NotFound):
        desk.papers.add("no such case", offered, "Sheet")
    assert (desk.count("case_paper"), desk.count("blob")) == (0, 0)


def test_a_removed_paper_says_why_its_content_goes_and_it_can_be_added_again(desk: Desk, clock: FrozenClock) -> None:
    content = a_pdf()
    paper = desk.add(content)
    with pytest.raises(PaperNeedsReason):
        desk.papers.remove(paper, " ")
    clock.advance(timedelta(minutes=1))
    desk.papers.remove(paper, "It was somebody else's.")
    (found,) = desk.papers.of_case(desk.case)
    assert (found.is_removed, found.removed_reason, found.removed_by) == (True, "It was somebody else's.", "Pat Sample")
    assert (found.held, desk.count("blob_piece")) == (0, 0)
    for refused in (desk.papers.content, desk.papers.open):
        with pytest.raises(PaperIsRemoved):
            refused(paper)
    with pytest.raises(PaperIsRemoved):
        desk.papers.remove(paper, "Again.")
    assert ("remove_paper", desk.person, "It was somebody else's.") in desk.acts(paper)
    assert desk.papers.content(desk.add(content)) == content


def test_a_copy_leaves_with_a_reason_and_an_audit_entry_or_not_at_all(desk: Desk) -> None:
    content = a_pdf()
    paper = desk.add(content)
    out = desk.folder / "copy.pdf"
    saved = desk.papers.save_copy(paper, out, WHY)
    assert (out.read_bytes(), saved.size) == (content, len(content))
    assert desk.acts(paper)[-1] == ("export", desk.person, "To plan visits or calls")
    before = len(desk.acts(paper))
    with pytest.raises(PaperFileExists):
        desk.papers.save_copy(paper, out, WHY)
    assert len(desk.acts(paper)) == before
    assert desk.papers.suggested_name(desk.papers.paper(paper)) == "case-paper-1.pdf"


def test_content_that_is_not_here_is_told_and_what_was_changed_is_not_shown(desk: Desk) -> None:
    paper = desk.add(a_pdf())
    writer = desk.program.access.database.writer
    writer.execute("UPDATE blob_piece SET content = zeroblob(length(content))")
    with pytest.raises(ContentWrong):
        desk.papers.content(paper)
    with desk.program.access.database.bulk_writes() as connection:
        blobs.forget(connection, desk.papers.paper(paper).sha256)
    with pytest.raises(PaperContentElsewhere):
        desk.papers.content(paper)


def test_content_that_comes_in_parts_is_taken_in_order_and_only_as_what_its_name_says(desk: Desk) -> None:
    content = a_noisy_pdf(2 * PIECE_BYTES + 1000)
    paper = desk.papers.paper(desk.add(content))
    writer = desk.program.access.database.writer
    blobs.forget(writer, paper.sha256)
    assert blobs.take(writer, paper.sha256, 0, content) is None, "nobody has asked for it"
    blobs.begin(writer, paper.sha256, paper.size)
    cut = blobs.take(writer, paper.sha256, 0, content[: PIECE_BYTES + 77])
    assert cut is not None
    assert cut.held == PIECE_BYTES, "half a piece comes again"
    for start in (0, 5, 2 * PIECE_BYTES):
        assert blobs.take(writer, paper.sha256, start, b"x" * 10) == cut, "what does not follow is left out"
    assert desk.papers.paper(paper.id).held == PIECE_BYTES
    whole = blobs.take(writer, paper.sha256, PIECE_BYTES, content[PIECE_BYTES:])
    assert whole is not None
    assert (whole.whole, whole.sent) == (True, True)
    assert desk.papers.content(paper.id) == content
    blobs.forget(writer, paper.sha256)
    blobs.begin(writer, paper.sha256, paper.size)
    with pytest.raises(ContentWrong):
        blobs.take(writer, paper.sha256, 0, b"%PDF-" + content[:-5])


def test_a_partner_with_whom_everything_is_shared_sees_no_paper(desk: Desk) -> None:
    """A paper is whole: what of it may be seen cannot be told from what may not."""
    paper = desk.add(a_pdf())
    charity = an_organisation(desk.program, "Invented Charity", OrganisationKind.VOLUNTARY)
    volunteer = a_colleague(desk.program, Role.VOLUNTEER, organisation_id=charity)
    group = (RecipientKind.GROUP, "voluntary")
    choices = dict.fromkeys(SharedPart, SharingChoice.SHARE)
    desk.program.services.sharing.record(
        desk.person, {(group, part): choice for part, choice in choices.items()},
        {SharingChoice.SHARE: SharingBasis.SPOKEN}, desk.program.access.today(),
    )  # fmt: skip
    assert volunteer.case_file.overview(desk.person).person.id == desk.person
    with pytest.raises(NotPermitted):
        volunteer.case_papers.of_case(desk.case)
    with pytest.raises(NotPermitted):
        volunteer.case_papers.content(paper)
