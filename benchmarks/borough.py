"""Makes a store with an invented borough in it by raw SQL, and keeps it between benchmarks."""

import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.known import PASSPHRASE, PEOPLE, TODAY, clock
from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.demo.invented_names import InventedPerson, demo_borough, invented_people
from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.risk import Tier
from mdt_desktop.paths import DataFolder, migrations_dir
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.services.access import Access
from mdt_desktop.services.identity import Identity
from mdt_desktop.store import caseload_index
from mdt_desktop.store.transactions import writing

MONTHS = 3
_STAGES = (
    "identified", "identified", "invited", "consented", "assessing", "planning",
    "active", "active", "active", "review", "stepped_down", "declined",
)  # fmt: skip
_WITH_PLAN = {"active", "review", "stepped_down"}
_LEADS_A_PRACTICE = 6


def cached_folder(people: int = PEOPLE) -> DataFolder:
    """The data folder of a filled store, made anew when the schema or this file has changed."""
    sources = (
        Path(__file__),
        Path(caseload_index.__file__),
        *sorted((migrations_dir() / "local" / "versions").glob("*.sql")),
    )
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    root = Path(tempfile.gettempdir()) / f"mdt-benchmarks-{os.getuid() if hasattr(os, 'getuid') else 0}"
    folder = DataFolder(root / f"borough-{people}-{digest}")
    if not (folder.root / "whole").exists():
        shutil.rmtree(folder.root, ignore_errors=True)
        _make(folder, people)
        (folder.root / "whole").touch()
    return folder


def opened(people: int = PEOPLE) -> Program:
    """The filled store, open."""
    return bootstrap.open_with_passphrase(cached_folder(people), PASSPHRASE, clock=clock)


def _make(folder: DataFolder, people: int) -> None:
    print(f"making a store of {people:,} invented people, once", file=sys.stderr)
    program = empty(folder)
    with program:
        started = time.perf_counter()
        fill(program.access, people)
        print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)


def empty(folder: DataFolder) -> Program:
    """A new store without people, open."""
    identity = Identity("Ada Invented", Role.CARE_NAVIGATOR, "Invented Council", "North East")
    program, _ = bootstrap.create_store(folder, PASSPHRASE, identity, is_demo=True, parameters=FLOOR, clock=clock)
    return program


def fill(access: Access, people: int, months: int = MONTHS) -> None:
    """Practices, people, risk runs, cases, leads and plans; the caseload index last, as an import does it."""
    everybody = invented_people(people)
    with access.database.bulk_writes(), writing(access.database) as connection:

        def insert(table: str, rows: Iterator[Sequence[Any]] | Sequence[Sequence[Any]], columns: str) -> None:
            marks = ",".join("?" for _ in columns.split(","))
            connection.executemany(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", rows)

        insert("locality", [(_locality(it.locality_name), it.locality_name) for it in demo_borough().practices],
               "id,name")  # fmt: skip
        insert("practice", list(_practices()), "id,code,name,network,locality_id,list_size,telephone")
        insert("practitioner", list(_practitioners()),
               "id,name,role,discipline,practice_id,locality_id,telephone,email,active")  # fmt: skip
        insert("person", map(_person, everybody),
               "id,nhs_number,nhs_number_status,family_name,given_names,title,preferred_name,born,gender,address,"
               "postcode,telephone,email,language,ethnicity,religion,practice_id")  # fmt: skip
        insert("stratification_run", list(_runs(everybody, months)),
               "id,practice_id,run_date,tool,tool_version,approach,approach_words,list_size,very_high,high,moderate,"
               "rejected,held,file_sha256,imported_at,imported_by")  # fmt: skip
        for month in range(months):
            insert("risk_score", _scores(everybody, month),
                   "id,person_id,run_id,score,rank,tier,emergency_admissions,long_term_conditions,"
                   "frailty_index")  # fmt: skip
        cases = [person for person in everybody if person.tier is not Tier.BELOW and person.place % 3 == 0]
        insert("person_case", map(_case, cases),
               "id,person_id,stage,stage_since,opened_on,complexity,primary_need")  # fmt: skip
        insert("lead_allocation", (_lead(it) for it in cases if it.place % 5),
               "id,case_id,practitioner_id,status,rule,age_rule,override_reason,agreed_at,agreed_by")  # fmt: skip
        insert("care_plan", (_plan(it) for it in cases if _stage(it) in _WITH_PLAN),
               "id,case_id,version,status,started_at,started_by,most_important,important_people,communication,"
               "wellness,please_do,support,also_worth_knowing,supported_by,strengths,funding,agreed_with,"
               "agreed_name,agreed_role,agreed_on,agreed_by,review_due")  # fmt: skip
        started = time.perf_counter()
        caseload_index.refresh_all(connection)
        print(f"caseload index and search words: {time.perf_counter() - started:.1f} s", file=sys.stderr)


def _locality(name: str) -> str:
    return id_from("locality", name.casefold())


def _person_id(person: InventedPerson) -> str:
    return f"01900000-0000-7000-8000-{person.place:012x}"


def _practices() -> Iterator[Sequence[Any]]:
    for it in demo_borough().practices:
        place = _locality(it.locality_name)
        yield id_from("practice", it.code), it.code, it.name, it.network_name, place, it.list_size, it.telephone


def _practitioners() -> Iterator[Sequence[Any]]:
    disciplines = (("gp", "gp"), ("district_nurse_lead", "nurse"), ("social_worker", "social_worker"))
    for practice in demo_borough().practices:
        for number in range(_LEADS_A_PRACTICE):
            role, discipline = disciplines[number % 3]
            yield (
                id_from("practitioner", practice.code, str(number)), f"{role.title()} {practice.code[-2:]}-{number}",
                role, discipline, id_from("practice", practice.code), _locality(practice.locality_name), "", "", 1,
            )  # fmt: skip


def _person(it: InventedPerson) -> Sequence[Any]:
    status = "verified" if it.nhs_number else "not_present"
    return (
        _person_id(it), it.nhs_number, status, it.family_name, it.given_names, it.title, "", it.born.isoformat(),
        it.gender.value, ", ".join(it.address), it.postcode, "", "", "", it.group, "",
        id_from("practice", it.practice.code),
    )  # fmt: skip


def _run_date(month: int) -> date:
    return (TODAY.replace(day=1) - timedelta(days=31 * month)).replace(day=1)


def _run_id(code: str, month: int) -> str:
    return id_from("run", code, str(month))


def _runs(everybody: Sequence[InventedPerson], months: int) -> Iterator[Sequence[Any]]:
    counts: dict[tuple[str, Tier], int] = {}
    for person in everybody:
        key = (person.practice.code, person.tier)
        counts[key] = counts.get(key, 0) + 1
    for practice in demo_borough().practices:
        tiers = [counts.get((practice.code, tier), 0) for tier in Tier]
        # The last practice has not sent this month's file.
        late = practice is demo_borough().practices[-1]
        for month in range(1 if late and months > 1 else 0, months):
            yield (
                _run_id(practice.code, month), id_from("practice", practice.code), _run_date(month).isoformat(),
                "DEMO", "1", "percentile", "", sum(tiers), *tiers[:3], 0, 0,
                hashlib.sha256(f"{practice.code}{month}".encode()).hexdigest(), "2026-11-20T09:00:00.000Z", "Ada",
            )  # fmt: skip


def _scores(everybody: Sequence[InventedPerson], month: int) -> Iterator[Sequence[Any]]:
    late = demo_borough().practices[-1]
    for it in everybody:
        if it.practice is late and month == 0:
            continue
        drift = ((it.place * 7_919 + month * 104_729) % 997 / 997 - 0.4) * month
        score = round(min(100.0, max(0.0, it.score - drift)), 2)
        person = _person_id(it)
        yield (
            f"01900000-{month:04x}-7000-9000-{it.place:012x}", person, _run_id(it.practice.code, month), score, None,
            it.tier.value, it.emergency_admissions, "; ".join(it.conditions), it.frailty_index,
        )  # fmt: skip


def _stage(it: InventedPerson) -> str:
    return _STAGES[it.place // 3 % len(_STAGES)]


def _case_id(it: InventedPerson) -> str:
    return id_from("case", _person_id(it))


def _case(it: InventedPerson) -> Sequence[Any]:
    return _case_id(it), _person_id(it), _stage(it), "2026-09-01", "2026-06-01", "complex", "nursing"


def _lead(it: InventedPerson) -> Sequence[Any]:
    who = id_from("practitioner", it.practice.code, str(it.place % _LEADS_A_PRACTICE))
    status = "proposed" if _stage(it) in ("identified", "invited") else "agreed"
    at = "2026-09-10T09:00:00.000Z" if status == "agreed" else None
    return (
        id_from("lead", _case_id(it)), _case_id(it), who, status, "primary_need", "over_75", "", at,
        "Ada Invented" if at else "",
    )  # fmt: skip


def _plan(it: InventedPerson) -> Sequence[Any]:
    due = TODAY + timedelta(days=it.place % 160 - 40)
    words = "I want to walk to the shops again and see my sister on Sundays."
    return (
        id_from("plan", _case_id(it)), _case_id(it), 1, "agreed", "2026-08-01T09:00:00.000Z", "Ada Invented", words,
        "", "", "", "", "", "", "", "", "", "person", it.given_names, "", "2026-08-20", "Ada Invented",
        due.isoformat(),
    )  # fmt: skip
