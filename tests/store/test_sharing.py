"""The sharing matrix in a real store: kept as records, and obeyed by screen, print and export."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.consent import ConsentStatus
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import OrganisationKind, Role
from mdt_desktop.domain.permissions import NotPermitted, NotSharedWithYou, Permission
from mdt_desktop.domain.printing import PrintReason, Purpose
from mdt_desktop.domain.risk import Tier
from mdt_desktop.domain.sharing import (
    NothingMayGo,
    RecipientKind,
    SharedPart,
    SharingBasis,
    SharingBasisUnfit,
    SharingChoice,
    SharingGroup,
    Source,
)
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery, CaseloadSort
from mdt_desktop.services.consents import DecidedInFuture
from mdt_desktop.services.sharing import NothingDecided, SharingTable
from mdt_desktop.store import audit_log
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague, an_organisation, audited
from tests.helpers.pdfs import text_of
from tests.helpers.plans import AGREED_BY, CaseInStore, a_case, a_ready_draft, decide

FOR_HER = Purpose(PrintReason.FOR_THE_PERSON)
NO, YES, ASK = SharingChoice.DO_NOT_SHARE, SharingChoice.SHARE, SharingChoice.ASK_FIRST
BASES = {NO: SharingBasis.OBJECTION, YES: SharingBasis.SPOKEN, ASK: SharingBasis.TO_BE_ASKED}
HOME_CARE = (RecipientKind.GROUP, SharingGroup.HOME_CARE.value)


@pytest.fixture
def case(data_folder: DataFolder, clock: FrozenClock) -> Iterator[CaseInStore]:
    with a_case(data_folder, clock) as made:
        yield made


def agreed(case: CaseInStore) -> str:
    plan_id = a_ready_draft(case)
    case.program.services.care_plans.agree(plan_id, case.program.access.today(), AGREED_BY)
    return plan_id


def say(case: CaseInStore, key: tuple[RecipientKind, str], choice: SharingChoice, *parts: SharedPart) -> None:
    """Record a choice about some parts, a minute later."""
    case.clock.advance(timedelta(minutes=1))
    cells = {(key, part): choice for part in parts}
    case.program.services.sharing.record(case.person_id, cells, BASES, case.program.access.today(), "said on the phone")


def table(case: CaseInStore) -> SharingTable:
    return case.program.services.sharing.table(case.person_id)


def test_the_table_has_every_group_the_practice_the_team_and_those_close_to_the_person(case: CaseInStore) -> None:
    found = table(case)
    assert [row.recipient.group for row in found.rows if row.is_group] == list(SharingGroup)
    named = {row.name: row.detail for row in found.rows if not row.is_group}
    assert named == {
        "Example Street Surgery": "GP practice", "Farid Sampleton": "Son", "Karim Sampleton": "Brother",
    }  # fmt: skip
    brother = next(row for row in found.rows if row.name == "Karim Sampleton")
    assert {(it.choice, it.source) for it in brother.cells.values()} == {(NO, Source.CONTACT)}


def test_each_decision_is_a_record_of_its_own_with_basis_day_and_author_and_the_history_stays(
    case: CaseInStore,
) -> None:
    say(case, HOME_CARE, NO, SharedPart.NEEDS, SharedPart.HEALTH)
    say(case, HOME_CARE, YES, SharedPart.NEEDS)
    found = table(case)
    row = next(row for row in found.rows if row.recipient.key == HOME_CARE)
    cell = row.cells[SharedPart.NEEDS]
    assert (cell.choice, cell.basis, cell.decided_on, cell.recorded_by) == (
        YES, SharingBasis.SPOKEN, date(2026, 11, 23), "Sam Specimen",
    )  # fmt: skip
    assert [(it.name, it.decision.part.value, it.decision.choice.value) for it in found.history] == [
        ("Home care and care homes", "needs", "share"),
        ("Home care and care homes", "health", "do_not_share"),
        ("Home care and care homes", "needs", "do_not_share"),
    ]
    waiting = case.program.access.database.reader.execute(
        "SELECT count(*) FROM outbox WHERE type = 'sharing_decision'"
    ).fetchone()[0]
    assert waiting == 3
    assert [why for _, _, why in audited(case.program, "sharing")] == ["said on the phone"] * 2
    assert audit_log.first_broken(case.program.access.database.reader) is None


def test_an_organisation_of_the_directory_can_be_given_a_row_and_stays_in_the_table_once_decided(
    case: CaseInStore,
) -> None:
    sharing = case.program.services.sharing
    friends = an_organisation(case.program, "Exampleton Friends", OrganisationKind.VOLUNTARY)
    key = (RecipientKind.ORGANISATION, friends)
    row = sharing.row_for(case.person_id, key)
    assert (row.name, row.detail, row.recipient.group) == (
        "Exampleton Friends", "Voluntary or community organisation", SharingGroup.VOLUNTARY,
    )  # fmt: skip
    say(case, key, YES, SharedPart.ABOUT_ME)
    assert "Exampleton Friends" in [row.name for row in table(case).rows]
    with pytest.raises(NotFound):
        sharing.row_for(case.person_id, (RecipientKind.ORGANISATION, "nobody"))


def test_a_decision_that_cannot_be_leaves_nothing_behind(case: CaseInStore) -> None:
    sharing, today = case.program.services.sharing, case.program.access.today()
    cells = {(HOME_CARE, SharedPart.NEEDS): YES}
    with pytest.raises(NothingDecided):
        sharing.record(case.person_id, {}, BASES, today)
    with pytest.raises(SharingBasisUnfit):
        sharing.record(case.person_id, cells, {YES: SharingBasis.OBJECTION}, today)
    with pytest.raises(DecidedInFuture):
        sharing.record(case.person_id, cells, BASES, today + timedelta(days=1))
    with pytest.raises(NotFound):
        sharing.record(case.person_id, {((RecipientKind.CONTACT, "x"), SharedPart.NEEDS): YES, **cells}, BASES, today)
    assert table(case).history == ()


def test_a_copy_for_home_care_leaves_out_what_was_forbidden_and_says_so_on_page_one_and_at_its_place(
    case: CaseInStore,
) -> None:
    plan_id, printing = agreed(case), case.program.services.printing
    say(case, HOME_CARE, NO, SharedPart.NEEDS)
    say(case, HOME_CARE, ASK, SharedPart.HEALTH)
    paper = printing.paper(plan_id, None, Purpose(PrintReason.FOR_HOME_CARE))
    assert (paper.needs, paper.alerts) == ((), ())
    assert paper.left_out == {SharedPart.NEEDS, SharedPart.HEALTH}
    sentence = (
        "2 parts are not included: Needs, goals and actions (not to be shared: the person objects);"
        " Health facts (to be asked first)."
    )
    assert paper.withheld == sentence
    pdf = printing.pdf(paper)
    text = text_of(pdf)
    assert f"Not the whole plan. {sentence}" in text
    assert "What we will do together Left out of this copy." in text
    assert "mosque" not in text
    assert "penicillin" not in text
    assert "cook for my grandchildren" in text
    assert printing.contents(paper, pdf, True).withheld == sentence


def test_the_persons_own_copy_is_whole_whatever_was_decided(case: CaseInStore) -> None:
    plan_id, printing = agreed(case), case.program.services.printing
    say(case, HOME_CARE, NO, *SharedPart)
    case.lacks_basis()
    paper = printing.paper(plan_id, None, FOR_HER)
    assert (paper.withheld, paper.left_out) == ("", frozenset())
    assert paper.needs
    assert paper.alerts
    printing.record_print(plan_id, FOR_HER)
    assert audited(case.program, "print") == [("Sam Specimen", "whole", "For the person themselves")]


def test_words_about_me_that_do_not_go_are_said_to_be_left_out_and_not_to_be_missing(case: CaseInStore) -> None:
    plan_id, printing = agreed(case), case.program.services.printing
    say(case, HOME_CARE, NO, SharedPart.ABOUT_ME)
    text = text_of(printing.pdf(printing.paper(plan_id, None, Purpose(PrintReason.FOR_HOME_CARE))))
    assert "Not written down yet" not in text
    assert "What matters most to me" in text
    assert text.count("Left out of this copy.") == 1
    assert "grandchildren" not in text


def test_a_copy_for_one_named_carer_follows_what_was_decided_about_them(case: CaseInStore) -> None:
    plan_id, printing = agreed(case), case.program.services.printing
    son = next(row for row in table(case).rows if row.name == "Farid Sampleton").recipient.key
    say(case, son, NO, SharedPart.CONTINGENCY)
    for_son = printing.paper(plan_id, None, Purpose(PrintReason.FOR_THE_CARER, recipient=son))
    for_any = printing.paper(plan_id, None, Purpose(PrintReason.FOR_THE_CARER))
    assert (for_son.contingency, bool(for_any.contingency)) == ((), True)
    assert for_son.printed_why == "For the carer: Farid Sampleton"


def test_what_leaves_is_in_the_audit_part_by_part_with_for_whom(case: CaseInStore) -> None:
    plan_id, printing = agreed(case), case.program.services.printing
    say(case, HOME_CARE, NO, SharedPart.NEEDS)
    printing.record_export(plan_id, Purpose(PrintReason.FOR_HOME_CARE, "new package"))
    assert audited(case.program, "export") == [
        ("Sam Specimen", "about_me,contingency,people,health", "For home-care staff: new package")
    ]


def test_a_recipient_who_gets_nothing_of_the_paper_is_refused_by_name(case: CaseInStore, tmp_path: Path) -> None:
    plan_id, printing = agreed(case), case.program.services.printing
    friends = an_organisation(case.program, "Exampleton Friends", OrganisationKind.VOLUNTARY)
    for_friends = Purpose(PrintReason.OTHER, "befriending", (RecipientKind.ORGANISATION, friends))
    with pytest.raises(NothingMayGo) as refused:
        printing.save(case.person_id, tmp_path / "plan.pdf", for_friends)
    assert refused.value.values["recipient"] == "Exampleton Friends"
    with pytest.raises(NothingMayGo):
        printing.record_print(plan_id, for_friends)
    assert audited(case.program, "print") == []
    with pytest.raises(NotFound):
        printing.paper(plan_id, None, Purpose(PrintReason.OTHER, "x", (RecipientKind.ORGANISATION, "gone")))


def test_what_a_duty_shares_may_go_although_consent_was_refused(case: CaseInStore) -> None:
    plan_id, printing = agreed(case), case.program.services.printing
    case.lacks_basis()
    assert not printing.may_be_shared(plan_id)
    key = (RecipientKind.GROUP, SharingGroup.SOCIAL_CARE.value)
    case.program.services.sharing.record(
        case.person_id, {(key, SharedPart.CONTINGENCY): YES}, {YES: SharingBasis.DUTY_TO_SHARE},
        case.program.access.today(), "safeguarding",
    )  # fmt: skip
    assert printing.may_be_shared(plan_id)
    paper = printing.paper(plan_id, None, Purpose(PrintReason.OTHER, "safeguarding enquiry", key))
    assert paper.contingency
    assert (paper.needs, paper.what_matters, paper.alerts) == ((), "", ())


def test_a_planning_sheet_leaves_out_what_may_not_go_too(case: CaseInStore) -> None:
    services = case.program.services
    started = services.assessments.start(case.case_id, "joint-assessment").made
    services.assessments.answer(started, "mt-important", "", "To see the sea once more.")
    say(case, HOME_CARE, NO, SharedPart.ABOUT_ME)
    sheet = services.printing.sheet(case.person_id, None, Purpose(PrintReason.FOR_HOME_CARE))
    assert (sheet.what_matters, bool(sheet.alerts)) == ("", True)
    assert sheet.withheld.startswith("1 part is not included: About me")
    assert "Not the whole plan." in text_of(services.printing.pdf(sheet))


@pytest.fixture
def volunteer(case: CaseInStore) -> Services:
    """Somebody of a voluntary organisation, which consent does not name."""
    friends = an_organisation(case.program, "Exampleton Friends", OrganisationKind.VOLUNTARY)
    return a_colleague(case.program, Role.VOLUNTEER, "Vic Volunteer", friends)


VOLUNTARY = (RecipientKind.GROUP, SharingGroup.VOLUNTARY.value)


def everybody(services: Services, sort: CaseloadSort = CaseloadSort.NAME, **filters: object) -> list[str]:
    query = CaseloadQuery(CaseloadFilter(**filters), sort)  # type: ignore[arg-type]  # by name in the tests below
    return [row.family_name for row in services.caseload.page(query).rows]


def test_a_voluntary_partner_finds_nobody_of_whom_nothing_is_shared_with_them(
    case: CaseInStore, volunteer: Services
) -> None:
    agreed(case)
    assert everybody(volunteer) == []
    assert everybody(volunteer, text="sampleton") == []
    assert volunteer.caseload.preview(case.person_id) is None
    with pytest.raises(NotSharedWithYou):
        volunteer.case_file.overview(case.person_id)


def test_a_voluntary_partner_sees_only_what_the_matrix_gives_their_organisation(
    case: CaseInStore, volunteer: Services
) -> None:
    plan_id = agreed(case)
    say(case, VOLUNTARY, YES, SharedPart.ABOUT_ME, SharedPart.PEOPLE)
    assert everybody(volunteer) == ["Sampleton"]
    seen = volunteer.case_file.overview(case.person_id)
    assert seen.plan is not None
    assert seen.plan.about_me["most_important"] == "To cook for my grandchildren on Sundays."
    assert (seen.plan.needs, seen.plan.contingency_plans, seen.flags, seen.scores) == ((), (), (), ())
    assert {it.name for it in seen.contacts} == {"Farid Sampleton", "Karim Sampleton"}
    assert seen.rights.parts == {SharedPart.ABOUT_ME, SharedPart.PEOPLE}
    assert volunteer.case_file.plan(plan_id).needs == ()
    paper = volunteer.printing.paper_about(plan_id)
    assert paper.withheld.startswith("3 parts are not included: Needs, goals and actions (")
    for permission in (Permission.SEE_ASSESSMENT, Permission.SEE_CONSENT, Permission.EDIT_PLAN, Permission.PRINT):
        assert not seen.rights.may(permission)
    with pytest.raises(NotPermitted):
        volunteer.printing.record_print(plan_id, FOR_HER)


def at_very_high_risk(case: CaseInStore) -> None:
    """As a run of their practice would have it; whatever is recorded about the person afterwards sets it back."""
    writer = case.program.access.database.writer
    writer.execute("UPDATE caseload_index SET tier_order = 0, risk = 91.5")
    writer.execute("UPDATE setting SET value = value + 1 WHERE key = 'caseload.version'")


def test_a_partner_without_the_risk_cannot_tell_it_from_lists(case: CaseInStore, volunteer: Services) -> None:
    say(case, VOLUNTARY, YES, SharedPart.ABOUT_ME)
    at_very_high_risk(case)
    assert everybody(volunteer, tiers=frozenset(Tier)) == []
    (row,) = volunteer.caseload.page(CaseloadQuery(CaseloadFilter(), CaseloadSort.RISK)).rows
    assert (row.family_name, row.tier, row.score, row.trend) == ("Sampleton", None, None, ())
    say(case, VOLUNTARY, YES, SharedPart.RISK)
    at_very_high_risk(case)
    assert everybody(volunteer, tiers=frozenset({Tier.VERY_HIGH})) == ["Sampleton"]


def test_a_partner_is_shut_out_at_once_when_consent_is_withdrawn(case: CaseInStore, volunteer: Services) -> None:
    say(case, VOLUNTARY, YES, SharedPart.ABOUT_ME)
    assert everybody(volunteer) == ["Sampleton"]
    case.clock.advance(timedelta(days=1))
    decide(case.program, case.person_id, ConsentStatus.WITHDRAWN, None)
    assert everybody(volunteer) == []
    with pytest.raises(NotSharedWithYou):
        volunteer.case_file.overview(case.person_id)
