"""What the façade reads for one person does not grow with the store: every question goes by an index."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from mdt_desktop.central.central_store import CentralStore
from tests.helpers.central import Laptop
from tests.helpers.fhir_store import NHS_SYSTEM, NUMBER, a_patient, fhir_client, furnish_kinds, id_of, refused

PERSON = id_of("person")
PLACES = (
    f"Patient?identifier={NHS_SYSTEM}|{NUMBER}",
    f"CarePlan?patient.identifier={NHS_SYSTEM}|{NUMBER}",
    f"Task?patient={PERSON}&_include=Task:owner",
    f"Patient/{PERSON}",
    f"Patient/{PERSON}/_history",
    f"Patient/{PERSON}/_history/1",
    f"Patient/{PERSON}/$everything",
)
BIG = ("record", "record_version", "change", "person_number", "op_result", "audit")


@pytest.fixture(params=["sqlite"])
def place(tmp_path: Path) -> tuple[Path | None, str | None]:
    """SQLite only: it has no figures to plan by, so its plans are always the same."""
    return tmp_path / "central", None


def plans(store: CentralStore, asked: list[tuple[str, Any]]) -> set[str]:
    """The steps of the database that read a big table."""
    steps: set[str] = set()
    with store.database.reading() as connection:
        for statement, values in asked:
            if statement.lstrip().startswith("SELECT"):
                found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                steps |= {str(row[3]) for row in found if any(f" {name} " in f"{row[3]} " for name in BIG)}
    return steps


def test_nothing_about_one_person_reads_a_whole_table_or_locality(
    http: httpx.Client, nia: Laptop, store: CentralStore
) -> None:
    furnish_kinds(nia)
    who = fhir_client(http, "Nia")
    asked: list[tuple[str, Any]] = []
    engine = store.database._engine  # a look at what is asked, which nothing else gives

    @event.listens_for(engine, "before_cursor_execute")
    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    for name in PLACES:
        who.read(name)
    refused(who.get(f"Patient/{id_of('nobody')}"), 404, "not-found")
    condition = f"identifier={NHS_SYSTEM}|{NUMBER}"
    assert who.ask("POST", "Patient", a_patient(), If_None_Exist=condition).status_code == 200
    assert who.ask("POST", "Patient", a_patient()).status_code == 201
    event.remove(engine, "before_cursor_execute", note)
    found = plans(store, asked)
    assert len(found) >= 5
    assert [it for it in found if it.startswith("SCAN")] == []
    assert [it for it in found if "bucket_id=?)" in it.replace("(bucket_id=? AND", "")] == []
