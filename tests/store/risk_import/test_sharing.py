"""What an import sends to the central store and writes into the audit."""

from mdt_desktop.domain.risk import CutOffs, TierApproach
from mdt_desktop.services.risk_import import ImportOptions
from mdt_desktop.store import audit_log
from tests.helpers.risk_files import OCTOBER, a_line, lines
from tests.store.risk_import.desk import PEOPLE, Borough


def test_no_operation_is_sent_for_the_score_of_somebody_who_was_never_shared(borough: Borough) -> None:
    borough.take(lines(PEOPLE))
    score = borough.one("SELECT id FROM risk_score WHERE person_id = ?", borough.person(39))
    after = borough.last_sent()
    borough.take(lines(PEOPLE - 1))
    assert score not in {id_ for _, _, id_, _ in borough.sent(after)}


def test_only_people_with_a_case_leave_the_laptop_and_their_record_is_whole(borough: Borough) -> None:
    borough.take(lines(PEOPLE))
    people = {row[0] for row in borough.ask("SELECT person_id FROM person_case")}
    sent = borough.sent()
    assert {id_ for type_, _, id_, _ in sent if type_ == "person"} == people
    assert {values["person_id"] for type_, _, _, values in sent if type_ == "risk_score"} == people
    columns = {row[1] for row in borough.ask("PRAGMA table_info(person)")}
    assert all(set(values) == columns for type_, _, _, values in sent if type_ == "person")
    assert not [type_ for type_, _, _, _ in sent if type_ == "held_row"]


def test_somebody_who_comes_at_risk_later_is_sent_whole_with_their_earlier_scores(borough: Borough) -> None:
    borough.take(lines(PEOPLE), run_date=OCTOBER)
    after, person = borough.last_sent(), borough.person(39)
    borough.take([a_line(39, Score="99.99"), *lines(39)])
    about = [
        (type_, kind, values)
        for type_, kind, id_, values in borough.sent(after)
        if id_ == person or values.get("person_id") == person
    ]
    assert [(type_, kind) for type_, kind, _ in about] == [
        ("person", "create"),
        ("person_case", "create"),
        ("risk_score", "create"),
        ("risk_score", "create"),
    ]
    assert about[0][2]["address"] == "40 Invented Street"
    assert [values["score"] for type_, _, values in about if type_ == "risk_score"] == [89.25, 99.99]


def test_operations_come_in_groups_that_the_central_store_takes(borough: Borough) -> None:
    borough.take(lines(400), options=ImportOptions(approach=TierApproach.CUT_OFF, cut_offs=CutOffs(99, 50, 1)))
    sizes = borough.ask("SELECT group_no, count(*) FROM outbox WHERE type <> 'practitioner' GROUP BY 1")
    assert len(sizes) > 4
    assert max(size for _, size in sizes) <= 200
    groups = borough.ask(
        "SELECT count(DISTINCT group_no) FROM outbox WHERE type IN ('person', 'person_case', 'risk_score')"
        " GROUP BY coalesce(json_extract(set_json, '$.person_id'), id)"
    )
    assert {number for (number,) in groups} == {1}


def test_each_run_has_one_audit_entry_with_its_counts_and_the_chain_holds(borough: Borough) -> None:
    result = borough.take(lines(PEOPLE))
    entries = borough.ask("SELECT record_id, reason FROM audit_entry WHERE action = 'import'")
    assert entries == [(result.run_id, "40 new, 0 updated, 0 unchanged, 0 held, 0 rejected")]
    assert audit_log.first_broken(borough.program.access.database.reader) is None
