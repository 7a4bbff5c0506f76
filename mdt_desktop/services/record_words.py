"""What records and their fields are called, and their values as a form shows them, for whatever compares records."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

import orjson
from sqlmodel import SQLModel

from mdt_desktop import records
from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.people import name_on_screen, spaced_nhs_number
from mdt_desktop.fhir.questionnaire import shipped_questionnaire
from mdt_desktop.services.sync_views import EditorKind, FieldEditor
from mdt_desktop.sync import shape, stand_ins
from mdt_desktop.words import label, vocabulary, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_NAMES = {
    "practitioner": "name",
    "practice": "coalesce(nullif(name, ''), code)",
    "organisation": "name",
    "locality": "name",
    "meeting_series": "name",
    "person": "family_name",
}
_SHORT = {
    "personal_contact": "name",
    "flag": "words",
    "need": "words",
    "goal": "words",
    "action": "what",
    "task": "what",
    "contingency_plan": "trigger",
    "other_plan": "kind",
    "practitioner": "name",
    "practice": "name",
    "organisation": "name",
    "meeting_series": "name",
}
_LONGEST_SHORT = 80
_PARAGRAPHS_FROM = 500


def kind_words(type_: str) -> str:
    """What a kind of record is called, in the middle of a sentence."""
    key = f"kind.{type_}"
    return label(key) if key in vocabulary().labels else type_.replace("_", " ")


def field_words(type_: str, column: str) -> str:
    """What a field is called, in the middle of a sentence."""
    for key in (f"case.field.{type_}.{column}", f"case.field.{column}"):
        if key in vocabulary().labels:
            return label(key)
    return column.removesuffix("_id").replace("_", " ")


def record_words(connection: "Connection", type_: str, id_: str) -> str:
    """Which record this is: its kind, and the few words that it is known by where it has such."""
    kind = kind_words(type_)
    kind = kind[:1].upper() + kind[1:]
    column = _SHORT.get(type_)
    if type_ == "answer":
        short = question_of(connection, id_)
    elif column is None:
        return kind
    else:
        row = connection.execute(f'SELECT "{column}" FROM "{type_}" WHERE id = ?', (id_,)).fetchone()
        short = " ".join(str(row[0]).split()) if row is not None and row[0] else ""
    if not short:
        return kind
    if len(short) > _LONGEST_SHORT:
        short = f"{short[:_LONGEST_SHORT].rsplit(' ', 1)[0]} …"
    return words("record.with_words", kind=kind, words=short)


def question_of(connection: "Connection", answer_id: str) -> str:
    """The question that an answer is to; empty where the form or the answer is not here."""
    row = connection.execute(
        "SELECT questionnaire, link_id FROM answer JOIN assessment ON assessment.id = assessment_id"
        " WHERE answer.id = ?",
        (answer_id,),
    ).fetchone()
    try:
        return "" if row is None else shipped_questionnaire(str(row[0])).item(str(row[1])).text
    except MdtError:
        return ""


def value_words(connection: "Connection", type_: str, column: str, value: Any) -> str:
    """A value as its field shows it; a whole record as its filled fields."""
    if isinstance(value, dict):
        return _record(connection, type_, value)
    if value is None or value == "":
        return words("record.nothing")
    kind = _kind(type_, column)
    if column == "nhs_number":
        return spaced_nhs_number(str(value))
    if column == "value_json":
        return _answer(str(value))
    named = _named(connection, type_, column, value)
    if named is not None:
        return named
    if kind is bool or isinstance(value, bool):
        return words("record.yes" if value not in (False, 0, "0", "false") else "record.no")
    if kind in (datetime, date):
        try:
            return moment_words(str(value)) if kind is datetime else cui_date(date.fromisoformat(str(value)))
        except ValueError:  # of another program: the others on the page are to be read all the same
            return str(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return label(kind(value)) if value in {it.value for it in kind} else str(value)
    return str(value)


def _named(connection: "Connection", type_: str, column: str, value: Any) -> str | None:
    """The name of what a column points to; None for one that points to nothing with a name."""
    target = next((it.type for it in shape.references(type_) if it.column == column), None)
    if target is None or target not in _NAMES:
        return None
    if target == "person":
        return person_words(connection, str(value)) or words("record.no_longer_available")
    value = stand_ins.read(connection, type_, {column: value})[column]
    row = connection.execute(f'SELECT {_NAMES[target]} FROM "{target}" WHERE id = ?', (str(value),)).fetchone()
    return words("record.no_longer_available") if row is None else str(row[0])


def moment_words(text: str) -> str:
    """A kept moment as the laptop shows moments; an empty text for none."""
    return moment(datetime.fromisoformat(text)) if text else ""


def moment(at: datetime) -> str:
    """`14-Aug-2026 09:12`, where the laptop is."""
    here = at.astimezone()
    return f"{cui_date(here.date())} {cui_time(here)}"


def _record(connection: "Connection", type_: str, values: dict[str, Any]) -> str:
    """A record in lines: what is filled in, without what only the program needs."""
    table = shape.table_of(type_)
    hidden = {"id", "order_key", "origin", *(it.column for it in shape.references(type_) if it.needed)}
    shown = [
        f"{field_words(type_, name)}: {value_words(connection, type_, name, value)}"
        for name, value in values.items()
        if name not in hidden and value not in (None, "") and table is not None and name in table.columns
    ]
    return "\n".join(line[:1].upper() + line[1:] for line in shown) or words("record.nothing")


def _answer(text: str) -> str:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    if isinstance(value, bool):
        return words("record.yes" if value else "record.no")
    if value is None:
        return words("record.nothing")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def person_words(connection: "Connection", person_id: str) -> str:
    """`SURNAME, Given (Title)`; empty where the person is not here."""
    row = connection.execute("SELECT family_name, given_names, title FROM person WHERE id = ?", (person_id,)).fetchone()
    return "" if row is None else name_on_screen(*map(str, row))


def editor_of(connection: "Connection", type_: str, column: str) -> FieldEditor:
    """The editor that a field has on its form; none for a whole record, an answer, a moment or a link."""
    class_ = _classes().get(type_)
    if not column or class_ is None or column not in class_.model_fields or column == "value_json":
        return FieldEditor(EditorKind.NONE)
    found = class_.model_fields[column]
    empty = type(None) in get_args(found.annotation)
    kind = _kind(type_, column)
    target = next((it.type for it in shape.references(type_) if it.column == column), None)
    if target is not None:
        if target not in _NAMES or target == "person":
            return FieldEditor(EditorKind.NONE)
        rows = connection.execute(f'SELECT id, {_NAMES[target]} FROM "{target}" ORDER BY 2').fetchall()
        return FieldEditor(EditorKind.CHOICE, tuple((str(id_), str(name)) for id_, name in rows), empty)
    if kind is bool:
        return FieldEditor(EditorKind.YES_NO, may_be_empty=empty)
    if kind is datetime:
        return FieldEditor(EditorKind.NONE)
    if kind is date:
        return FieldEditor(EditorKind.DAY, may_be_empty=empty)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return FieldEditor(EditorKind.CHOICE, tuple((it.value, label(it)) for it in kind), empty)
    if kind in (int, float):
        return FieldEditor(EditorKind.NUMBER, may_be_empty=empty)
    longest = next((it.max_length for it in found.metadata if hasattr(it, "max_length")), 0)
    needed = any(getattr(it, "min_length", 0) for it in found.metadata)
    wide = EditorKind.PARAGRAPHS if longest >= _PARAGRAPHS_FROM else EditorKind.TEXT
    return FieldEditor(wide, may_be_empty=not needed, longest=longest)


def checked(type_: str, row: dict[str, Any], column: str, value: Any) -> Any:
    """A value for a column as an operation holds it, once the record would be valid with it.

    Raises pydantic's ValidationError where it would not.
    """
    class_ = _classes()[type_]
    made = class_.model_validate({**row, column: value})
    return orjson.loads(orjson.dumps(getattr(made, column), default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    raise TypeError(type(value).__name__)


@cache
def _classes() -> dict[str, type[SQLModel]]:
    found = (getattr(records, name) for name in records.__all__)
    return {str(it.__tablename__): it for it in found if isinstance(it, type) and hasattr(it, "__tablename__")}


@cache
def _kind(type_: str, column: str) -> Any:
    """The type of a column's values without the None."""
    class_ = _classes().get(type_)
    if class_ is None or column not in class_.model_fields:
        return str
    annotation = class_.model_fields[column].annotation
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(it for it in get_args(annotation) if it is not type(None))
    return annotation


def columns_of(type_: str) -> Sequence[str]:
    """Every column of a kind of record."""
    return tuple(_classes()[type_].model_fields)
