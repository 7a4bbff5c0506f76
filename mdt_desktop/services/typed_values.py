"""Reads a value that was typed in one line, for a field whose form would give it by a choice, a day or a box."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.services.sync_views import EditorKind, FieldEditor

_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


class ValueNotRead(BadInput):
    """What was typed is none of the values that the field takes. Values: `field`, `given`, `wanted`."""

    code = "typed_value_not_read"


class NotToBeTyped(BadInput):
    """The field has no value that could be typed: one of the two sides is kept. Values: `field`."""

    code = "typed_value_not_possible"


def typed(editor: FieldEditor, field: str, text: str) -> Any:
    """The value as the record holds it; nothing typed is no value, where the field may have none.

    A choice is named by its key or its words, yes and no as such, a day as YYYY-MM-DD.
    Raises ValueNotRead, NotToBeTyped.
    """
    if editor.kind is EditorKind.NONE:
        raise NotToBeTyped(field=field)
    given = text.strip()
    if editor.kind in (EditorKind.TEXT, EditorKind.PARAGRAPHS):
        return text if editor.kind is EditorKind.PARAGRAPHS else given
    if not given and editor.may_be_empty:
        return None
    try:
        return _READ[editor.kind](editor, given)
    except (ValueError, KeyError) as error:
        raise ValueNotRead(field=field, given=text, wanted=_wanted(editor)) from error


def _choice(editor: FieldEditor, given: str) -> str:
    found = [key for key, words in editor.choices if given == key or given.casefold() == words.casefold()]
    if len(found) != 1:
        raise ValueError(given)
    return found[0]


def _yes_no(_: FieldEditor, given: str) -> bool:
    word = given.casefold()
    if word not in (*_YES, *_NO):
        raise ValueError(given)
    return word in _YES


def _day(_: FieldEditor, given: str) -> str:
    return date.fromisoformat(given).isoformat()


def _number(_: FieldEditor, given: str) -> int:
    return int(given)


_READ: Mapping[EditorKind, Callable[[FieldEditor, str], Any]] = {
    EditorKind.CHOICE: _choice,
    EditorKind.YES_NO: _yes_no,
    EditorKind.DAY: _day,
    EditorKind.NUMBER: _number,
}
_MOST_NAMED = 30


def _wanted(editor: FieldEditor) -> str:
    match editor.kind:
        case EditorKind.CHOICE if len(editor.choices) <= _MOST_NAMED:
            return ", ".join(words for _, words in editor.choices)
        case EditorKind.CHOICE:
            return "id"
        case EditorKind.YES_NO:
            return "yes, no"
        case EditorKind.DAY:
            return "YYYY-MM-DD"
        case _:
            return "0, 1, 2 …"
