"""The rules of a meeting's papers: whose part an organisation gets, what a letter tells, what files are called."""

from datetime import date

import pytest

from mdt_desktop.domain.exports import ListKind
from mdt_desktop.domain.meeting import DecisionKind
from mdt_desktop.domain.meeting_exports import (
    COLUMNS,
    LEAST,
    MeetingColumn,
    MeetingFileKind,
    MeetingFileKindUnknown,
    MeetingList,
    MeetingListColumnsMissing,
    in_order,
    kind_of,
    suggested_name,
)
from mdt_desktop.domain.meeting_papers import (
    REASONS,
    Involved,
    MeetingPaperKind,
    MeetingPaperPurpose,
    MeetingPaperReason,
    PaperReasonMissing,
    PartOfMinutes,
    paper_name,
    part_for,
    shares_the_letter,
    told_in_letter,
)

DAY = date(2026, 11, 26)


def involved(*, may_share: bool = True) -> Involved:
    return Involved(may_share, "practice", "trust", frozenset({"trust", "council"}), frozenset({"charity"}))


@pytest.mark.parametrize(
    ("organisation", "may_share", "expected"),
    [
        pytest.param("practice", True, PartOfMinutes.GIVEN, id="where they are registered"),
        pytest.param("trust", True, PartOfMinutes.GIVEN, id="the lead's"),
        pytest.param("council", True, PartOfMinutes.GIVEN, id="in the care team"),
        pytest.param("charity", True, PartOfMinutes.GIVEN, id="agreed to do something"),
        pytest.param("hospital", True, PartOfMinutes.NOTHING_TO_DO, id="only sat in the room"),
        pytest.param("practice", False, PartOfMinutes.NO_BASIS, id="registered, and no basis to share"),
        pytest.param("charity", False, PartOfMinutes.NO_BASIS, id="agreed to do something, and no basis"),
        pytest.param("hospital", False, PartOfMinutes.NOTHING_TO_DO, id="nothing to do, and no basis"),
        pytest.param("", True, PartOfMinutes.NOTHING_TO_DO, id="an organisation without an id"),
    ],
)
def test_an_organisation_gets_the_part_of_those_it_has_to_do_with_and_may_know_of(
    organisation: str, may_share: bool, expected: PartOfMinutes
) -> None:
    assert part_for(organisation, involved(may_share=may_share)) is expected


def test_somebody_without_lead_or_team_concerns_their_practice_only() -> None:
    alone = Involved(True, "practice", "", frozenset({""}), frozenset())
    assert alone.organisations == {"practice"}


def test_only_a_decision_about_safeguarding_is_not_told_in_a_letter() -> None:
    assert [kind for kind in DecisionKind if not told_in_letter(kind)] == [DecisionKind.SAFEGUARDING]


def test_only_to_the_person_a_letter_needs_no_basis() -> None:
    letter = REASONS[MeetingPaperKind.LETTER]
    shared = [it for it in letter if shares_the_letter(MeetingPaperPurpose(it, "in words"))]
    assert shared == [MeetingPaperReason.FOR_THE_CARER, MeetingPaperReason.OTHER]


def test_every_paper_offers_a_reason_of_its_own_and_another_one_that_needs_words() -> None:
    for kind in MeetingPaperKind:
        assert REASONS[kind][0] is not MeetingPaperReason.OTHER
        assert REASONS[kind][-1] is MeetingPaperReason.OTHER
    with pytest.raises(PaperReasonMissing):
        MeetingPaperPurpose(MeetingPaperReason.OTHER, "  ")


@pytest.mark.parametrize("kind", list(MeetingPaperKind))
def test_a_papers_name_tells_the_meetings_day_and_nothing_about_anybody(kind: MeetingPaperKind) -> None:
    assert paper_name(kind, DAY) == f"{kind.value.replace('_', '-')}-2026-11-26.pdf"


def test_the_least_columns_are_columns_of_their_list_and_decisions_need_no_name() -> None:
    for which in MeetingList:
        assert set(LEAST[which]) < set(COLUMNS[which])
    assert not {MeetingColumn.NAME, MeetingColumn.NHS_NUMBER} & set(LEAST[MeetingList.DECISIONS])


def test_columns_stand_in_their_order_and_those_of_the_other_list_do_not_count() -> None:
    chosen = frozenset({MeetingColumn.DUE, MeetingColumn.ACTION, MeetingColumn.DECISION})
    assert in_order(MeetingList.ACTIONS, chosen) == (MeetingColumn.ACTION, MeetingColumn.DUE)
    with pytest.raises(MeetingListColumnsMissing):
        in_order(MeetingList.ACTIONS, frozenset({MeetingColumn.DECISION}))


def test_the_kind_of_file_is_known_by_its_end() -> None:
    assert kind_of("actions.ICS") is MeetingFileKind.ICS
    assert kind_of("a.b.csv").as_list is ListKind.CSV
    for name in ("actions", "ics", "actions.pdf", "actions.ics.exe"):
        with pytest.raises(MeetingFileKindUnknown):
            kind_of(name)
    assert suggested_name(MeetingList.ACTIONS, MeetingFileKind.ICS, DAY) == "actions-2026-11-26.ics"
