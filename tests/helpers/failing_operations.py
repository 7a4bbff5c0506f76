"""What is done while calls fail: one row of `OPERATIONS` for each, with how its outcome is told (SECURITY R12).

A row is added for every new operation that writes to the store's folder or to a place a person chose. It says how the
folder is prepared, what is done, and what tells whether it happened; `trial` and the tests do the rest.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from functools import partial

from alembic import command
from alembic.config import Config

from mdt_desktop import bootstrap
from mdt_desktop.domain.backups import Occasion
from mdt_desktop.domain.exports import LEAST, ListKind, ListPurpose, ListReason
from mdt_desktop.domain.meeting_exports import MeetingFileKind
from mdt_desktop.domain.meeting_papers import MeetingPaperKind, MeetingPaperPurpose, MeetingPaperReason, PaperWanted
from mdt_desktop.domain.papers import PaperMedia, digest_of
from mdt_desktop.domain.printing import PrintReason, Purpose
from mdt_desktop.paths import migrations_dir
from mdt_desktop.security import key_envelope
from mdt_desktop.security.errors import WrongPassphrase, WrongRecoveryKey
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.services import backup_shelf
from mdt_desktop.services.backups import unwrapped
from mdt_desktop.services.case_papers import OfferedPaper
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery
from mdt_desktop.services.identity import found_store
from mdt_desktop.services.risk_rejects import write_all_rejects
from mdt_desktop.settings import LaptopSettings, load_settings, save_settings
from mdt_desktop.store import backup, backup_file, caseload_index
from mdt_desktop.store.database import Database
from mdt_desktop.store.migrations import current_revision
from mdt_desktop.store.unit_of_work import engine_of
from tests.helpers.cheap_keys import make_derivation_cheap
from tests.helpers.failing_desk import Desk, Operation
from tests.helpers.failing_exchange import exchange, exchanged, with_much_to_exchange
from tests.helpers.held_meeting import a_held_meeting, a_sealed_meeting
from tests.helpers.plans import NHS_NUMBER, PASSPHRASE, CaseInStore, a_case, a_ready_draft
from tests.helpers.risk_files import a_line, a_risk_file, lines
from tests.helpers.stores import IDENTITY

NEW_PASSPHRASE = "copper lantern under the weir"


# Preparing


def _with_a_draft(desk: Desk) -> None:
    with a_case(desk.folder, desk.clock) as case:
        desk.known |= {"plan": a_ready_draft(case), "person": case.person_id}
        _keep_recovery_key(desk, case)


def _with_a_risk_file(desk: Desk) -> None:
    _with_a_draft(desk)
    # Somebody new, somebody who contradicts another, and a line that is rejected.
    found = [*lines(12), a_line(0, Family_name="Otherwise"), a_line(20, NHS_number="123")]
    a_risk_file(desk.outside / "november.csv", found)


def _at_the_first_schema(desk: Desk) -> None:
    key, recovery_key = key_envelope.create_envelope(desk.folder.create().key_file, NEW_PASSPHRASE, parameters=FLOOR)
    database = Database.create(desk.folder.database, key)
    caseload_index.prepare(database.writer)
    config = Config()
    config.set_main_option("script_location", str(migrations_dir() / "local"))
    with engine_of(database).connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    found_store(database, IDENTITY, desk.clock(), False)
    database.close()
    desk.recovery_key = recovery_key.text()


def _left_unclean(desk: Desk) -> None:
    """As after a kill: what was committed is still in the log beside the store."""
    _with_a_draft(desk)
    desk.open()
    desk.services.care_plans.add_part("need", desk.known["plan"], {"words": "Getting to the mosque"})
    files = (desk.folder.database, *desk.folder.side_files(), desk.folder.freshness)
    kept = {path: path.read_bytes() for path in files if path.exists()}
    desk.close()
    for path, content in kept.items():
        if not path.name.endswith("-shm"):
            path.write_bytes(content)


def _keep_recovery_key(desk: Desk, case: CaseInStore) -> None:
    key = case.program.session.key
    desk.recovery_key = key_envelope.replace_recovery_key(desk.folder.key_file, key).text()


# What tells whether it happened


def _counts(desk: Desk) -> tuple[tuple[str, int], ...]:
    """How many rows each table has; opening the store, and trying to, adds entries to the audit that do not count."""
    assert desk.program is not None
    reader = desk.program.access.database.reader
    tables = [row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
    unlocks = reader.execute("SELECT count(*) FROM audit_entry WHERE action LIKE '%unlock'").fetchone()[0]
    counted = {name: reader.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
    counted["audit_entry"] -= unlocks
    return tuple(counted.items())


def _plan_words(desk: Desk) -> object:
    plan = desk.services.case_file.plan(desk.known["plan"])
    return _counts(desk), plan.about_me["most_important"], [need.words for need in plan.needs]


def _revision(desk: Desk) -> object:
    """The schema the store is at, and its tables, without bringing it up to date."""
    key = key_envelope.unlock_with_recovery_key(desk.folder.key_file, RecoveryKey.typed(desk.recovery_key))
    database = Database.open(desk.folder.database, key)
    try:
        tables = database.reader.execute("SELECT name FROM sqlite_master ORDER BY 1").fetchall()
        return current_revision(database), len(tables)
    finally:
        database.close()
        key.wipe()


def _passphrase(desk: Desk) -> object:
    """Which passphrase opens the store: the first of the new and the old one that does."""
    for typed in (NEW_PASSPHRASE, PASSPHRASE):
        with suppress(WrongPassphrase):
            key_envelope.unlock_with_passphrase(desk.folder.key_file, typed).wipe()
            return _counts(desk), typed
    return "neither"


# Doing


def _first_start(desk: Desk) -> None:
    desk.program, key = bootstrap.create_store(desk.folder, PASSPHRASE, IDENTITY, parameters=FLOOR, clock=desk.clock)
    desk.recovery_key = key.text()


def _save_a_plan(desk: Desk) -> None:
    desk.services.care_plans.set_fields(desk.known["plan"], {"most_important": "To see the sea again"})


def _import_risk(desk: Desk) -> None:
    service = desk.services.risk_import
    service.apply(service.preview(desk.outside / "november.csv"))


def _export_pdf(desk: Desk) -> None:
    reason = Purpose(PrintReason.FOR_THE_PERSON)
    desk.services.printing.save(desk.known["plan"], desk.outside / "plan.pdf", reason, "lantern-rowing-42")


def _export_fhir(desk: Desk) -> None:
    export = desk.services.fhir_export
    export.save(export.read(desk.known["person"]), desk.outside / "case.json")


def _with_a_bundle(desk: Desk) -> None:
    _with_a_draft(desk)
    alert = {
        "resourceType": "AllergyIntolerance", "id": "a1", "patient": {"reference": "Patient/p1"},
        "code": {"text": "Latex"},
    }  # fmt: skip
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": NHS_NUMBER}
    who = {
        "resourceType": "Patient", "id": "p1", "identifier": [number], "birthDate": "1940-08-14",
        "name": [{"family": "Sampleton", "given": ["Rahima"]}],
        "telecom": [{"system": "email", "value": "r@e.invalid"}],
    }  # fmt: skip
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": who}, {"resource": alert}]}
    (desk.outside / "bundle.json").write_text(json.dumps(bundle), encoding="utf-8")


def _import_fhir(desk: Desk) -> None:
    desk.services.fhir_import.apply(desk.outside / "bundle.json")


def _save_list(desk: Desk, kind: ListKind) -> None:
    everybody = CaseloadQuery(CaseloadFilter())
    reason = ListPurpose(ListReason.TO_CHECK)
    path = desk.outside / f"caseload.{kind}"
    desk.services.exports.save_caseload(everybody, set(LEAST), path, reason, lambda _: None)


def _save_meeting_calendar(desk: Desk) -> None:
    calendar, meeting = desk.services.meeting_calendar, desk.known["meeting"]
    calendar.save(meeting, calendar.content(meeting), desk.outside / "meeting.ics")


def _with_a_meeting(desk: Desk) -> None:
    program, key = bootstrap.create_store(desk.folder, PASSPHRASE, IDENTITY, parameters=FLOOR, clock=desk.clock)
    with program:
        desk.known["meeting"] = a_sealed_meeting(program, desk.clock, people=3).meeting
    desk.recovery_key = key.text()


def _save_minutes(desk: Desk) -> None:
    wanted = PaperWanted(desk.known["meeting"], MeetingPaperKind.MINUTES)
    reason = MeetingPaperPurpose(MeetingPaperReason.FOR_THE_RECORD)
    desk.services.meeting_papers.save(wanted, desk.outside / "minutes.pdf", reason)


def _save_calendar(desk: Desk) -> None:
    exports = desk.services.meeting_exports
    leaving = exports.calendar(desk.known["meeting"])
    path = desk.outside / "actions.ics"
    exports.save_list(leaving, path, MeetingFileKind.ICS, ListPurpose(ListReason.TO_CHECK))


def _write_rejects(desk: Desk) -> None:
    file = desk.services.risk_import.read(desk.outside / "november.csv")
    write_all_rejects(desk.outside / "rejects.csv", [("november.csv", file.head.recognition.headings, file.rejects)])


def _save_settings(desk: Desk) -> None:
    settings = LaptopSettings()
    settings.text_scale = 130
    save_settings(desk.folder, settings)


def _change_passphrase(desk: Desk) -> None:
    key_envelope.change_passphrase(desk.folder.key_file, PASSPHRASE, NEW_PASSPHRASE, parameters=FLOOR)


def _with_settings(desk: Desk) -> None:
    _with_a_draft(desk)
    settings = LaptopSettings()
    settings.text_scale = 120
    save_settings(desk.folder, settings)


def _settings_there(desk: Desk) -> object:
    loaded = load_settings(desk.folder)
    return _counts(desk), loaded.settings.text_scale, loaded.problems


# Papers of a case


def _add_paper(desk: Desk) -> None:
    content = b"%PDF-1.7 invented " * 20_000
    offered = OfferedPaper("letter.pdf", "letter", PaperMedia.PDF, content, digest_of(content), 1)
    case_id = desk.services.case_file.overview(desk.known["person"]).person.case_id
    desk.known["paper"] = desk.services.case_papers.add(case_id, offered, "Letter").made


def _with_a_paper(desk: Desk) -> None:
    _with_a_draft(desk)
    desk.open()
    _add_paper(desk)
    desk.close()


def _save_paper(desk: Desk) -> None:
    place = desk.outside / "copy.pdf"
    desk.services.case_papers.save_copy(desk.known["paper"], place, ListPurpose(ListReason.FOR_VISITS))


# Backups, the key of the store, and the end of a meeting


def _with_a_backup(desk: Desk) -> None:
    """A backup of one state, and a later state of the store."""
    _with_a_draft(desk)
    desk.open()
    desk.known["backup"] = desk.services.backups.make(Occasion.BY_HAND).name
    desk.clock.advance(timedelta(minutes=5))
    _save_a_plan(desk)
    desk.close()


def _back_up(desk: Desk) -> None:
    desk.services.backups.make(Occasion.BY_HAND)


def _backups(desk: Desk) -> object:
    """What the store holds, and how many backups there are; each must be one that can be restored."""
    found = backup_shelf.shelf(desk.folder)
    key = desk.program.session.key if desk.program is not None else None
    for it in found:
        file = backup_file.read(it.path)
        own = unwrapped(file.header, key.raw_key()) if key is not None else None
        assert own is not None
        backup.verify(file, own, lambda: None)
    return _counts(desk), len(found), backup_shelf.is_suspect(desk.folder)


def _restore(desk: Desk) -> None:
    """As `mdt restore` does it, with the printed key."""
    with bootstrap.restoring(desk.folder, clock=desk.clock) as restoring:
        path = desk.folder.backups / desk.known["backup"]
        unlocked = restoring.unlock(path, desk.recovery_key)
        restoring.make_ready(path, unlocked)
        unlocked.wipe()
        restoring.finish()


def _restored(desk: Desk) -> object:
    """Which of the two states it is; what was replaced is kept."""
    replaced = sorted(path.name for folder in desk.folder.replaced.glob("*") for path in folder.iterdir())
    assert not desk.folder.restoring.exists()
    return _plan_words(desk), "mdt.db" in replaced


def _with_a_printed_key(desk: Desk) -> None:
    """The passphrase opens it whatever happens, at no cost, in a process of its own; the printed key may change."""
    make_derivation_cheap()
    _with_a_draft(desk)
    desk.known["printed"], desk.recovery_key = desk.recovery_key, ""


def _rotate(desk: Desk) -> None:
    assert desk.program is not None
    rotation = bootstrap.begin_key_rotation(desk.program, PASSPHRASE, parameters=FLOOR)
    desk.program = bootstrap.finish_key_rotation(desk.program, rotation)


def _key_in_force(desk: Desk) -> object:
    """Whether the printed key of before still opens the store; that it was begun and given up stays in the audit."""
    rows = [row for row in _counts(desk) if row[0] != "audit_entry"]
    waiting = [path.name for path in desk.folder.next_files() if path.exists()]
    return rows, _opens(desk, desk.known["printed"]), waiting


def _opens(desk: Desk, recovery_key: str) -> bool:
    try:
        key_envelope.unlock_with_recovery_key(desk.folder.key_file, RecoveryKey.typed(recovery_key)).wipe()
    except WrongRecoveryKey:
        return False
    return True


def _with_a_meeting_to_seal(desk: Desk) -> None:
    program, key = bootstrap.create_store(desk.folder, PASSPHRASE, IDENTITY, parameters=FLOOR, clock=desk.clock)
    with program:
        desk.known["meeting"] = a_held_meeting(program, desk.clock, people=3).meeting
    desk.recovery_key = key.text()


def _seal(desk: Desk) -> None:
    desk.services.meeting_closing.seal(desk.known["meeting"], date(2026, 12, 3))


OPERATIONS: Mapping[str, Operation] = {
    it.name: it
    for it in (
        Operation("first start", lambda _: None, _first_start, _counts, needs_store=False, every=16),
        Operation("open after a kill", _left_unclean, Desk.open, _plan_words, needs_store=False),
        Operation("save", _with_a_draft, _save_a_plan, _plan_words),
        Operation("risk import", _with_a_risk_file, _import_risk, _counts),
        Operation("migration", _at_the_first_schema, Desk.open, _counts, needs_store=False, look=_revision),
        Operation("PDF export", _with_a_draft, _export_pdf, _counts, leaves=True),
        Operation("list as CSV", _with_a_draft, partial(_save_list, kind=ListKind.CSV), _counts, leaves=True),
        Operation("list as workbook", _with_a_draft, partial(_save_list, kind=ListKind.XLSX), _counts, leaves=True),
        Operation("paper added", _with_a_draft, _add_paper, _counts),
        Operation("paper saved as a copy", _with_a_paper, _save_paper, _counts, leaves=True),
        Operation("FHIR export", _with_a_draft, _export_fhir, _counts, leaves=True),
        Operation("FHIR import", _with_a_bundle, _import_fhir, _counts),
        Operation("calendar file", _with_a_meeting, _save_meeting_calendar, _counts, leaves=True),
        Operation("minutes as PDF", _with_a_meeting, _save_minutes, _counts, leaves=True),
        Operation("actions as calendar", _with_a_meeting, _save_calendar, _counts, leaves=True),
        Operation("backup", _with_a_draft, _back_up, _backups, every=40),
        Operation("restore", _with_a_backup, _restore, _restored, needs_store=False, every=40),
        Operation("change of the key", _with_a_printed_key, _rotate, _key_in_force, every=20),
        Operation("seal of a meeting", _with_a_meeting_to_seal, _seal, _counts),
        Operation("exchange", with_much_to_exchange, exchange, exchanged, every=30),
        Operation("rejects as CSV", _with_a_risk_file, _write_rejects, _counts),
        Operation("settings save", _with_settings, _save_settings, _settings_there, needs_store=False),
        Operation("change of passphrase", _with_a_draft, _change_passphrase, _passphrase, needs_store=False),
    )
}
"""By name, in the order they are tried."""
