"""Half-typed words: kept in the encrypted store while somebody types, put back when the same place opens again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.store.queries.rows import moment
from mdt_desktop.store.transactions import writing

KEPT_DAYS = 30
"""What nobody went on with for so long is dropped."""

MOST_CHARACTERS = 1_000_000

Content = Mapping[str, object]
"""What stands in the fields of a form by their names: texts, numbers, yes or no, and lists of texts."""


class DraftTooLong(BadInput):
    """More was typed than is kept for a form that is not recorded yet; `most` characters."""

    code = "draft_too_long"


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """Where somebody types: the page, the form on it with the id of what it changes, and whom it is about."""

    page: str
    form: str
    person_id: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed there, and when it was kept last."""

    place: DraftPlace
    content: Content
    saved_at: datetime


class Drafts:
    """The drafts of whoever is at the keyboard. They are no records: neither audited, nor sent, nor in an export."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def everything(self) -> tuple[Draft, ...]:
        """All drafts that are not too old, the newest first; one that cannot be read any more is left out."""
        rows = self._access.database.reader.execute(
            "SELECT page, form, person_id, content, saved_at FROM draft"
            " WHERE practitioner_id = ? AND saved_at >= ? ORDER BY saved_at DESC",
            (self._access.actor.practitioner_id, self._oldest()),
        )
        found = ((row, _content(row[3])) for row in rows)
        return tuple(
            Draft(DraftPlace(*row[:3]), content, moment(row[4])) for row, content in found if content is not None
        )

    def has_old(self) -> bool:
        """Is there anything to drop?"""
        row = self._access.database.reader.execute(
            "SELECT 1 FROM draft WHERE saved_at < ? LIMIT 1", (self._oldest(),)
        ).fetchone()
        return row is not None

    def keep(self, place: DraftPlace, content: Content, typed_at: datetime | None = None) -> Changes:
        """Keep what stood in a form at a moment, which is now unless one is given.

        Raises DraftTooLong, and the StoreProblem of a full disk and the like.
        """
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        if len(text) > MOST_CHARACTERS:
            raise DraftTooLong(most=MOST_CHARACTERS)
        with writing(self._access.database) as connection:
            connection.execute(
                "INSERT INTO draft (practitioner_id, page, person_id, form, content, saved_at)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (practitioner_id, page, person_id, form)"
                " DO UPDATE SET content = excluded.content, saved_at = excluded.saved_at",
                (*self._key(place), text, moment_text(typed_at or self._access.clock())),
            )
        return Changes()

    def drop(self, place: DraftPlace) -> Changes:
        """The words were recorded, or discarded."""
        with writing(self._access.database) as connection:
            connection.execute(
                "DELETE FROM draft WHERE practitioner_id = ? AND page = ? AND person_id = ? AND form = ?",
                self._key(place),
            )
        return Changes()

    def drop_old(self) -> Changes:
        """Drop what nobody went on with for 30 days, whoever began it."""
        with writing(self._access.database) as connection:
            connection.execute("DELETE FROM draft WHERE saved_at < ?", (self._oldest(),))
        return Changes()

    def _key(self, place: DraftPlace) -> tuple[str, str, str, str]:
        return self._access.actor.practitioner_id, place.page, place.person_id, place.form

    def _oldest(self) -> str:
        return moment_text(self._access.clock() - timedelta(days=KEPT_DAYS))


def _content(text: str) -> Content | None:
    try:
        content = json.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
