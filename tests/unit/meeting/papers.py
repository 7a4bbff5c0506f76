"""Papers of an invented meeting as plain values, each with words in every field."""

from datetime import UTC, date, datetime

from mdt_desktop.documents.meeting_paper import (
    ActionSheetsPaper,
    AgendaLine,
    AgendaPaper,
    AttendeeLine,
    CaseBlock,
    ChaseBlock,
    ChaseLine,
    ChasePaper,
    DecisionLine,
    LetterPaper,
    MeetingBlock,
    MinutesPaper,
    OwnerSheet,
    PaperHead,
    TaskLine,
)

HEAD = PaperHead(
    MeetingBlock(
        "North East weekly MDT", date(2026, 11, 26), "14:00", 90, "Invented Health Centre", "https://meet.invalid/ne",
        "Dr Ann Placeholder", "North East", "14:02 to 15:28", date(2026, 12, 3),
    ),
    "Pat Sample, Care navigator", datetime(2026, 11, 27, 9, 0, tzinfo=UTC), "For the record", "Invented Council",
)  # fmt: skip
NURSE = AttendeeLine("Nia Lantern", "District nurse lead", "Exampleton Community Trust", "In the room")
TASK = TaskLine(
    "Order a rail", "Tom Weir", "Exampleton Community Trust", "4 December 2026", "Refused: no time",
    "Mrs Amina Sampleton", "NHS No. 943 476 5919",
)  # fmt: skip
LINE = AgendaLine(
    "Mrs Amina Sampleton", "Born 14-Aug-1932", "14:12", 12, "Nia Lantern", ("Home from hospital", "No plan"),
    "Can she go home?", ("what the person wants",), 2,
)  # fmt: skip
CASE = CaseBlock(
    "Mrs Amina Sampleton", "Born 14-Aug-1932", "Outcome: plan changes", "I want to hear the blackbird.",
    (("Question", "Can she go home?"), ("The carer’s view", "He cannot lift her.")), ("She slept well.",),
    (DecisionLine("Go home with two visits a day", "Care and support", "14:14, Pat Sample", ("Changes an earlier one",),
                  (TASK,)),),
    (TASK,), ("The visit is on Tuesday",),
)  # fmt: skip


def a_full_agenda(*, initials: bool = False) -> AgendaPaper:
    return AgendaPaper(
        HEAD, initials, (NURSE,), (NURSE,), "the chair, somebody from health", "To agree joint care", (LINE,), (LINE,),
        (AgendaLine("Welcome", at="14:00", minutes=2, question="Who is here", is_person=False),),
        (AgendaLine("Closing", at="15:12", minutes=18, question="Read-back", is_person=False),),
    )  # fmt: skip


def a_full_chase_list() -> ChasePaper:
    lines = (ChaseLine("AS, aged 94", ("what the person wants", "a basis to share"), "Nia Lantern"),)
    return ChasePaper(HEAD, (ChaseBlock("Exampleton Community Trust", lines), ChaseBlock("", lines)), 3, 5)


def the_full_minutes() -> MinutesPaper:
    return MinutesPaper(
        HEAD, "Sealed 26 November 2026 15:30", "Exampleton Council", (NURSE,), (NURSE,), (NURSE,), "the chair", (CASE,),
        (CASE,), (("Mr Bryn Exampleton", "Not reached"),), ("The room was cold.",), (TASK,), ("Room 3, not 2",),
        "Sealed by Pat Sample",
    )  # fmt: skip


def the_full_sheets() -> ActionSheetsPaper:
    sheet = OwnerSheet("Tom Weir", "Occupational therapist", "Exampleton Community Trust", (TASK, TASK))
    return ActionSheetsPaper(HEAD, (sheet, sheet), "Pat Sample")


def a_full_letter() -> LetterPaper:
    return LetterPaper(
        HEAD, "Mrs Amina Sampleton", "9434765919", "1 Invented Street\nExampleton\nE1 4AA", "Mrs Sampleton",
        ("Invented Council", "North East"), "I want to hear the blackbird.", "",
        ("Go home with two visits a day.",), "",
        ("Try a bed sensor.",), (("Tom Weir (therapist)", "Order a rail."), ("You", "Try the new chair.")),
        ("Nia Lantern, district nurse lead",), "Nia Lantern", "District nurse lead", "020 7946 0101", True,
        ("The visit is on Tuesday.",), "We will talk about you again by 10 December 2026.", "Pat Sample",
        "Care navigator, Invented Council",
    )  # fmt: skip
