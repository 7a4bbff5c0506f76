"""Action sheets on paper: a page for each owner, with boxes to tick and lines for what became of each action."""

from reportlab.lib.colors import HexColor
from reportlab.platypus import CondPageBreak, Flowable, NextPageTemplate, PageBreak, Spacer

from mdt_desktop.documents import flowables as blocks
from mdt_desktop.documents import handwriting, page_one
from mdt_desktop.documents import meeting_blocks as parts
from mdt_desktop.documents.layout import build
from mdt_desktop.documents.meeting_paper import ActionSheetsPaper, OwnerSheet, TaskLine
from mdt_desktop.documents.styles import TEXT_WIDTH, colours, styles
from mdt_desktop.documents.text import paragraph
from mdt_desktop.domain.dates import long_date
from mdt_desktop.words import words

_ANSWERS = ("done", "part_done", "changed", "not_done")
_BOX = 13.0


class _Box(Flowable):
    """A box to tick, as high as a line of text."""

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 ReportLab's names
        self.width, self.height = _BOX, _BOX + 2
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setStrokeColor(HexColor(colours().rule))
        self.canv.setLineWidth(1)
        self.canv.roundRect(0.5, 0.5, _BOX - 1, _BOX - 1, 2)


def render_action_sheets(paper: ActionSheetsPaper) -> bytes:
    """The sheets as a PDF in memory, each on a page of its own; no text makes it fail."""
    title = words("meeting_paper.action_sheet")
    story: list[Flowable] = []
    for number, sheet in enumerate(paper.sheets):
        story += [NextPageTemplate("first"), PageBreak()] if number else []
        story += _sheet(paper, sheet, title)
    return build(parts.frame(paper.head, title), story or parts.muted(words("meeting_paper.no_actions")))


def _sheet(paper: ActionSheetsPaper, sheet: OwnerSheet, title: str) -> list[Flowable]:
    meeting = paper.head.meeting
    status = f"{meeting.name}, {long_date(meeting.day)}"
    who = ", ".join(part for part in (sheet.job, sheet.organisation) if part)
    made = [*page_one.masthead(title, status, sheet.owner, ""), *parts.muted(who), Spacer(0, 8)]
    made += [paragraph(styles().body, words("meeting_paper.action_intro", who=paper.answer_to)), Spacer(0, 8)]
    for number, task in enumerate(sheet.tasks, start=1):
        made += _task(number, task)
    return [*made, *parts.this_copy(paper.head, sheet)]


def _task(number: int, task: TaskLine) -> list[Flowable]:
    look = styles()
    due = words("meeting_paper.by", day=task.due) if task.due else words("meeting_paper.no_day")
    about = "  ·  ".join(part for part in (task.about, task.identity) if part)
    what: list[Flowable] = [paragraph(look.strong, f"{number}.  {task.what}")]
    what += [paragraph(look.body, about)] if about else []
    head = blocks.panel(
        [[what, paragraph(look.right, due)]],
        page_one.shares(0.68, 0.32),
        colours().accent,
        colours().accent_soft,
        ("TOPPADDING", (0, 0), (-1, -1), 6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
    )
    made: list[Flowable] = [CondPageBreak(130), head, *parts.muted(task.note)]
    return [*made, Spacer(0, 7), _boxes(), handwriting.RuledLines(2), Spacer(0, 12)]


def _boxes() -> Flowable:
    """Done, part done, changed, not done: one is ticked, and why stands on the lines below."""
    cells: list[blocks.Cell] = []
    widths: list[float] = []
    for answer in _ANSWERS:
        cells += [_Box(), paragraph(styles().body, words(f"task_status.{answer}"))]
        widths += [_BOX + 7, TEXT_WIDTH / len(_ANSWERS) - _BOX - 7]
    return blocks.table([cells], widths, ("VALIGN", (0, 0), (-1, -1), "MIDDLE"))
