"""What each column of the audit says of an act, in words."""

from collections.abc import Mapping
from enum import IntEnum

from mdt_desktop.domain.audit import CANCELLED, WHOLE, kind_of
from mdt_desktop.domain.dates import cui_date, cui_time, long_date
from mdt_desktop.services.audits import AuditLine
from mdt_desktop.ui.row_models import Column
from mdt_desktop.words import label, vocabulary, words

_PARTS = "shared_part."


class AuditColumn(IntEnum):
    """The columns."""

    WHEN = 0
    WHO = 1
    WHAT = 2
    ABOUT = 3
    WHY = 4


def when_words(line: AuditLine) -> str:
    """`14-Aug-2026 09:12`, where the laptop is."""
    here = line.at.astimezone()
    return f"{cui_date(here.date())} {cui_time(here)}"


def what_words(line: AuditLine) -> str:
    """The act, with what it was done to: "Changed: care plan", "Refused: agree the lead professional"."""
    key = f"audit.{line.action}"
    act = label(key) if key in vocabulary().labels else label(kind_of(line.action))
    about = _object(line)
    return words("audit.what", act=act, about=about) if about else act


def why_words(line: AuditLine) -> str:
    """The reason, and of paper which parts left."""
    if line.action == "refused":
        return label(f"refusal.{line.reason}") if f"refusal.{line.reason}" in vocabulary().labels else line.reason
    if line.action == "give_role" or line.action == "end_role":
        return label(f"access_role.{line.reason}") if line.reason else ""
    if line.action in ("print", "export") and line.fields not in ("", CANCELLED):
        return words("audit.with_parts", reason=line.reason, parts=_parts(line.fields))
    return line.reason


def _object(line: AuditLine) -> str:
    if line.action == "refused":
        key = f"permission.{line.fields}"
        return _lower(label(key)) if key in vocabulary().labels else line.fields
    if line.action == "search":
        return ", ".join(label(f"searched_for.{it}") for it in line.fields.split(",") if it)
    if line.action in ("create", "update", "delete", "print", "export"):
        key = f"kind.{line.kind}"
        return label(key) if key in vocabulary().labels else line.kind
    return ""


def _parts(fields: str) -> str:
    if fields == WHOLE:
        return words("audit.whole")
    return ", ".join(
        label(f"{_PARTS}{it}") if f"{_PARTS}{it}" in vocabulary().labels else it for it in fields.split(",")
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _spoken(line: AuditLine) -> str:
    here = line.at.astimezone()
    return f"{long_date(here.date())} {cui_time(here)}"


def audit_columns() -> Mapping[AuditColumn, Column[AuditLine]]:
    """The five columns."""
    return {
        AuditColumn.WHEN: Column(words("audit.column.when"), when_words, 142, whole=True, spoken=_spoken),
        AuditColumn.WHO: Column(words("audit.column.who"), lambda it: it.actor, 150, whole=True),
        AuditColumn.WHAT: Column(words("audit.column.what"), what_words, 260, roomy=True, tip=what_words),
        AuditColumn.ABOUT: Column(words("audit.column.about"), lambda it: it.person, 180, whole=True),
        AuditColumn.WHY: Column(words("audit.column.why"), why_words, 260, tip=why_words),
    }
