"""Questions that only the papers of a meeting ask: which organisations have to do with somebody, and their names."""

from datetime import date
from typing import TYPE_CHECKING

from mdt_desktop.domain.meeting_papers import Involved
from mdt_desktop.store.queries import consents

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_WORKS_FOR = "coalesce(practitioner.organisation_id, practitioner.practice_id, '')"


def involved(connection: "Connection", item_id: str, case_id: str, person_id: str) -> Involved:
    """Which organisations have to do with a person, and whether there is a basis to share."""
    rows = connection.execute(
        "SELECT 'practice', practice_id FROM person WHERE id = ?1"
        f" UNION SELECT 'lead', {_WORKS_FOR} FROM lead_allocation"
        "  JOIN practitioner ON practitioner.id = practitioner_id WHERE case_id = ?2 AND status = 'agreed'"
        f" UNION SELECT 'team', {_WORKS_FOR} FROM care_team_member"
        "  JOIN practitioner ON practitioner.id = practitioner_id WHERE case_id = ?2 AND left IS NULL"
        f" UNION SELECT 'owner', {_WORKS_FOR} FROM task"
        "  JOIN practitioner ON practitioner.id = owner_id WHERE item_id = ?3 AND status <> 'refused'",
        (person_id, case_id, item_id),
    ).fetchall()
    found: dict[str, set[str]] = {}
    for part, organisation in rows:
        found.setdefault(part, set()).add(organisation)
    return Involved(
        may_share=consents.in_force(connection, person_id).may_share,
        practice=next(iter(found.get("practice", ())), ""),
        lead=next(iter(found.get("lead", ())), ""),
        team=frozenset(found.get("team", ())),
        owners=frozenset(found.get("owner", ())),
    )


def organisation_names(connection: "Connection") -> dict[str, str]:
    """The name of every organisation and practice, by its id."""
    rows = connection.execute("SELECT id, name FROM organisation UNION ALL SELECT id, name FROM practice")
    return {str(row[0]): str(row[1]) for row in rows}


def practitioner_names(connection: "Connection") -> list[str]:
    """The names of everybody who works or worked here."""
    return [str(row[0]) for row in connection.execute("SELECT name FROM practitioner")]


def held_on(connection: "Connection", day: date) -> list[str]:
    """The meetings of a day that were not cancelled, by their hour."""
    rows = connection.execute(
        "SELECT id FROM meeting WHERE day = ? AND state <> 'cancelled' ORDER BY starts_at, id", (day.isoformat(),)
    )
    return [str(row[0]) for row in rows]
