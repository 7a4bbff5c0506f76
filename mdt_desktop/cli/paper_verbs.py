"""The verbs of a case's papers: `paper add`, `list`, `save` and `remove`."""

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from mdt_desktop.bootstrap import Program
from mdt_desktop.cli.case_verbs import helping_to_find, overview_of_case
from mdt_desktop.cli.opening import opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.exports import ListPurpose, ListReason
from mdt_desktop.services.case_papers import CasePapers, CasePaperSummary
from mdt_desktop.words import label, size_words, words


def add_paper(options: Namespace, terminal: Terminal) -> Answer:
    """Keep a PDF or a picture among the papers of a case; the file itself stays where it is."""
    # Read before the store is opened: a file that cannot be used is not worth waiting for.
    offered = CasePapers.read_file(Path(options.file).expanduser())
    with opened(options, terminal) as program:
        case_id = _case(program, options.id, terminal)
        papers = program.services.case_papers
        made = papers.add(case_id, offered, options.title if options.title is not None else offered.title).made
        paper = papers.paper(made)
    return Answer(paper, words("cli.paper_added", line=_line(paper), file=offered.name))


def list_papers(options: Namespace, terminal: Terminal) -> Answer:
    """The papers of a case, the latest first, those that were removed among them."""
    with opened(options, terminal) as program:
        papers = program.services.case_papers.of_case(_case(program, options.id, terminal))
    lines = [words("cli.papers_found", count=len(papers)), *map(_line, papers)]
    documents = [{**asdict(it), "here": it.is_here} for it in papers]
    return Answer({"papers": documents}, "\n".join(lines))


def save_paper(options: Namespace, terminal: Terminal) -> Answer:
    """Save a copy of a paper as a new file, with the reason in the audit; fetched first where it is not here."""
    out = Path(options.out).expanduser().absolute()
    with opened(options, terminal) as program:
        paper = _paper(program, options, terminal)
        if not paper.is_removed and not paper.is_here:
            far = terminal.progress(words("cli.paper_fetching", title=paper.title))
            program.services.case_papers.fetch(paper.id, moved=far)
        terminal.say(words("exports.keep_safe"))
        saved = program.services.case_papers.save_copy(paper.id, out, ListPurpose(ListReason.OTHER, options.why))
    return Answer(saved, words("cli.paper_saved", title=saved.title, file=saved.path))


def remove_paper(options: Namespace, terminal: Terminal) -> Answer:
    """Take a paper out of use: its line stays with the reason, its content goes."""
    with opened(options, terminal) as program:
        paper = _paper(program, options, terminal)
        program.services.case_papers.remove(paper.id, options.reason)
        paper = program.services.case_papers.paper(paper.id)
    return Answer(paper, words("cli.paper_removed", title=paper.title))


def _case(program: Program, given: str, terminal: Terminal) -> str:
    with helping_to_find(given, terminal):
        return overview_of_case(program, given).person.case_id


def _paper(program: Program, options: Namespace, terminal: Terminal) -> CasePaperSummary:
    """A paper of this case by its id; raises `NotFound` for one of another case as well."""
    case_id = _case(program, options.id, terminal)
    found = program.services.case_papers.of_case(case_id)
    paper = next((it for it in found if it.id == options.paper), None)
    if paper is None:
        raise NotFound(kind="case_paper")
    return paper


def _line(paper: CasePaperSummary) -> str:
    state = words("cli.paper_removed_why", reason=paper.removed_reason) if paper.is_removed else ""
    if not paper.is_removed and not paper.is_here:
        state = words("cli.paper_elsewhere")
    parts = (paper.id, paper.title, label(paper.media), size_words(paper.size),
             cui_date(paper.added_at.astimezone().date()), paper.added_by, state)  # fmt: skip
    return "  ".join(it for it in parts if it)
