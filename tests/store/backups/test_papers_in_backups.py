"""Papers of cases are in every backup, come back with a restore, and outlive a change of the key."""

from mdt_desktop import bootstrap
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.services.case_papers import OfferedPaper
from tests.helpers.papers import a_noisy_pdf
from tests.helpers.stores import PASSPHRASE
from tests.store.backups.desk import Desk, require_sound

CONTENT = a_noisy_pdf(600_000)


def a_paper(desk: Desk) -> str:
    papers = desk.program.services.case_papers
    file = desk.folder.root.parent / "letter.pdf"
    file.write_bytes(CONTENT)
    offered: OfferedPaper = papers.read_file(file)
    case = desk.program.services.cases.open(desk.add_person()).made
    return papers.add(case, offered, "Letter").made


def test_a_restore_brings_a_removed_paper_back(desk: Desk) -> None:
    paper = a_paper(desk)
    made = desk.backups.make().path
    desk.program.services.case_papers.remove(paper, "By mistake.")
    desk.restore(made)
    with desk.open() as program:
        assert program.services.case_papers.content(paper) == CONTENT
        require_sound(program)


def test_a_paper_outlives_a_change_of_the_key_and_leaves_as_before(desk: Desk) -> None:
    paper = a_paper(desk)
    rotation = bootstrap.begin_key_rotation(desk.program, PASSPHRASE, parameters=FLOOR)
    desk.program = bootstrap.finish_key_rotation(desk.program, rotation)
    papers = desk.program.services.case_papers
    assert papers.content(paper) == CONTENT
    papers.remove(paper, "By mistake.")
    reader = desk.program.access.database.reader
    assert reader.execute("SELECT count(*) FROM blob_piece").fetchone() == (0,)
    require_sound(desk.program)


def test_nothing_of_a_paper_lies_in_any_file_in_the_clear(desk: Desk) -> None:
    a_paper(desk)
    desk.backups.make()
    desk.close()
    marks = (CONTENT[-2_000:-1_500], CONTENT[1_000:1_500], b"%PDF-", b"letter.pdf")
    for path in desk.folder.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(mark in content for mark in marks), path.name
