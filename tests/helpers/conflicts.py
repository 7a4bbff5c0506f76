"""Conflicts put into a store as an exchange would have left them."""

import uuid
from typing import Any

from mdt_desktop.bootstrap import Program
from mdt_desktop.store.transactions import writing

AT = "2026-11-23T09:00:00.000Z"


def disagree(program: Program, type_: str, rec_id: str, field: str, **values: str) -> str:
    """An open conflict about one field."""
    id_ = str(uuid.uuid4())
    given = {"base": '""', "mine": '"1"', "theirs": '"2"', "shown_value": '"2"', "auto_rule": "plain"} | values
    row: dict[str, Any] = {
        "id": id_, "bucket": "b", "type": type_, "rec_id": rec_id, "field": field, "mine_more": "{}",
        "mine_by": "Sam Sample", "theirs_by": "Robin Example", "mine_at": AT, "theirs_at": AT, "status": "open",
        "mine_device": "", "mine_skew": 0, "asked_by": "", **given,
    }  # fmt: skip
    with writing(program.access.database) as connection:
        marks = ",".join("?" * len(row))
        connection.execute(f"INSERT INTO conflict ({','.join(row)}) VALUES ({marks})", list(row.values()))
    return id_
