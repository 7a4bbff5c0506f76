"""How this laptop shows things: each setting declared once, typed, documented and checked; no personal data.

The rules of the whole store (the age rule, review intervals) are records in the store, not settings here.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, Self, TypeVar, overload

from mdt_desktop.domain.errors import BadInput, StoreProblem
from mdt_desktop.paths import DataFolder, write_privately

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_MAX_BYTES = 1_000_000
_MAX_ITEMS = 100
# Ids, enum values and column names only: a name, a birth date or a number of ten digits does not fit in.
_NAME_SHAPE = r"[a-z][a-z0-9_.]{0,63}"
_ID_SHAPE = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_LONG_NUMBER = r"\d[\d\s-]{4,}\d"


class SettingRefused(BadInput):
    """A value does not fit its setting; `setting` and `wanted` say which and what would."""

    code = "settings_value_refused"


class SettingsDamaged(StoreProblem):
    """The settings file is not readable as settings; it was kept aside as `kept_as`."""

    code = "settings_damaged"


class SettingsUnreadable(StoreProblem):
    """The system did not let the settings file be opened; it was left as it is."""

    code = "settings_unreadable"


class SettingsNotSaved(StoreProblem):
    """The settings file could not be written; the old one is untouched."""

    code = "settings_not_saved"


class Theme(StrEnum):
    """Colours of the screen."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """Height of rows in lists."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list as the user left it; `width` in pixels at 100 % text."""

    name: str
    width: int
    shown: bool = True


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named way of looking at the caseload; without search text on purpose, as that could be a name."""

    name: str
    filters: Mapping[str, tuple[str, ...]]
    sort_by: str
    descending: bool = False


class _MisfitError(Exception):
    """Raised by a check; its text says in words what would have fitted."""


@dataclass(frozen=True, eq=False)
class Setting(Generic[T]):
    """One declared setting: its default, its check from plain JSON, and what it is for."""

    name: str
    default: T
    check: Callable[[object], T]
    about: str

    @overload
    def __get__(self, settings: None, owner: type["LaptopSettings"]) -> Self: ...

    @overload
    def __get__(self, settings: "LaptopSettings", owner: type["LaptopSettings"]) -> T: ...

    def __get__(self, settings: "LaptopSettings | None", owner: type["LaptopSettings"]) -> Self | T:
        if settings is None:
            return self
        value: T = settings.chosen.get(self.name, self.default)  # type: ignore[assignment]  # only checked values
        return value

    def __set__(self, settings: "LaptopSettings", value: T) -> None:
        settings.chosen[self.name] = self.checked(_plain(value))

    def checked(self, plain: object) -> T:
        """The typed value of `plain`; raises SettingRefused."""
        try:
            return self.check(plain)
        except _MisfitError as misfit:
            raise SettingRefused(setting=self.name, wanted=str(misfit)) from misfit


def _plain(value: object) -> object:
    """A value as JSON would give it back."""
    if isinstance(value, Column | SavedView):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value


def _one_of(kind: type[E]) -> Callable[[object], E]:
    def check(value: object) -> E:
        if not isinstance(value, str) or value not in list(kind):
            raise _MisfitError("one of " + ", ".join(kind))
        return kind(value)

    return check


def _whole(low: int, high: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _MisfitError(f"a whole number from {low} to {high}")
        return value

    return check


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise _MisfitError("yes or no")
    return value


def _token(value: object) -> str:
    if not isinstance(value, str) or not (re.fullmatch(_NAME_SHAPE, value) or re.fullmatch(_ID_SHAPE, value)):
        raise _MisfitError("a name of the program or an id")
    return value


def _map_of(part: Callable[[object], T]) -> Callable[[object], dict[str, T]]:
    def check(value: object) -> dict[str, T]:
        if not isinstance(value, Mapping) or len(value) > _MAX_ITEMS:
            raise _MisfitError(f"a list of at most {_MAX_ITEMS} named entries")
        return {_token(name): part(item) for name, item in value.items()}

    return check


def _row_of(part: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    def check(value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or len(value) > _MAX_ITEMS:
            raise _MisfitError(f"a list of at most {_MAX_ITEMS} entries")
        return tuple(part(item) for item in value)

    return check


def _fields(value: object, needed: frozenset[str]) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or set(value) != needed:
        raise _MisfitError("an entry with " + ", ".join(sorted(needed)))
    return value


def _column(value: object) -> Column:
    found = _fields(value, frozenset({"name", "width", "shown"}))
    width = _whole(0, 4000)(found["width"])
    return Column(_token(found["name"]), width, _yes_or_no(found["shown"]))


def _view(value: object) -> SavedView:
    found = _fields(value, frozenset({"name", "filters", "sort_by", "descending"}))
    name = found["name"]
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 40 or re.search(_LONG_NUMBER, name):
        raise _MisfitError("a view whose name has 1 to 40 characters and no long number in it")
    filters = _map_of(_row_of(_token))(found["filters"])
    return SavedView(name.strip(), filters, _token(found["sort_by"]), _yes_or_no(found["descending"]))


class LaptopSettings:
    """The settings of one laptop. Assigning checks the value (SettingRefused); `save_settings` keeps them."""

    theme = Setting("theme", Theme.SYSTEM, _one_of(Theme), "Light, dark, or as the computer is set.")
    text_scale = Setting("text_scale", 100, _whole(80, 200), "Size of all text, in per cent.")
    density = Setting("density", Density.COMFORTABLE, _one_of(Density), "Height of rows in lists.")
    columns = Setting[Mapping[str, tuple[Column, ...]]](
        "columns", {}, _map_of(_row_of(_column)), "Order, width and visibility of columns, by list."
    )
    caseload_views = Setting[tuple[SavedView, ...]](
        "caseload_views", (), _row_of(_view), "Saved caseload views: filters and order, never search text."
    )
    splitters = Setting[Mapping[str, tuple[int, ...]]](
        "splitters", {}, _map_of(_row_of(_whole(0, 20_000))), "Sizes in pixels beside each splitter, by name."
    )
    rail_collapsed = Setting("rail_collapsed", False, _yes_or_no, "The navigation rail shows icons only.")
    auto_lock_minutes = Setting(
        "auto_lock_minutes", 5, _whole(1, 15), "Minutes without a key or mouse until the program locks (R17)."
    )
    clipboard_seconds = Setting(
        "clipboard_seconds", 30, _whole(10, 60), "Seconds until what was copied leaves the clipboard (R18)."
    )

    def __init__(self) -> None:
        self.chosen: dict[str, object] = {}
        """Checked values that were set; a setting that is not in here has its default."""
        self.unknown: dict[str, object] = {}
        """Entries of a newer version of the program, kept as they are."""


def all_settings() -> dict[str, Setting[object]]:
    """Every declared setting by name, in the order of declaration."""
    return {value.name: value for value in vars(LaptopSettings).values() if isinstance(value, Setting)}


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings that can be used in any case, and what had to be said about the file."""

    settings: LaptopSettings
    problems: tuple[StoreProblem | SettingRefused, ...] = ()


def load_settings(folder: DataFolder) -> LoadedSettings:
    """Read the settings file. Never raises: what cannot be used has its default and is told in `problems`.

    A damaged file is moved aside first, so that the next save does not destroy it.
    """
    settings = LaptopSettings()
    try:
        if not folder.settings.exists():
            return LoadedSettings(settings)
        raw = _read_capped(folder.settings)
    except OSError:
        return LoadedSettings(settings, (SettingsUnreadable(),))
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        return LoadedSettings(settings, (_keep_aside(folder),))
    problems: list[StoreProblem | SettingRefused] = []
    declared = all_settings()
    for name, plain in content.items():
        if name not in declared:
            settings.unknown[name] = plain
            continue
        try:
            settings.chosen[name] = declared[name].checked(plain)
        except SettingRefused as refused:
            problems.append(refused)
    return LoadedSettings(settings, tuple(problems))


def save_settings(folder: DataFolder, settings: LaptopSettings) -> None:
    """Write what differs from the defaults, whole or not at all; raises SettingsNotSaved."""
    content = settings.unknown | {name: _plain(value) for name, value in settings.chosen.items()}
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    try:
        write_privately(folder.settings, text.encode("utf-8"))
    except OSError as problem:
        reason = os.strerror(problem.errno) if problem.errno else "the system refused"
        raise SettingsNotSaved(reason=reason) from problem


def _read_capped(path: Path) -> bytes:
    """At most a little more than a settings file can have; what is cut off no longer parses."""
    with path.open("rb") as file:
        return file.read(_MAX_BYTES)


def _keep_aside(folder: DataFolder) -> StoreProblem:
    try:
        os.replace(folder.settings, folder.damaged_settings)
    except OSError:
        return SettingsUnreadable()
    return SettingsDamaged(kept_as=folder.damaged_settings.name)
