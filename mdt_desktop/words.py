"""The program's visible words: one sentence for each error code and one label for each word of the field."""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import resources_dir

# Stands where a value was not given, so that a sentence is still shown. The log entry beside it fails tests.
_NO_VALUE = "…"
_SECTIONS = ("errors", "labels")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words of one language. `problems` names each duplicate, misplaced or unreadable entry."""

    errors: Mapping[str, str]
    labels: Mapping[str, str]
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Collector:
    """Merges word files and notes what is wrong with them instead of stopping the program."""

    careful: bool
    sections: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in _SECTIONS})
    problems: list[str] = field(default_factory=list)

    def add(self, file: Path) -> None:
        def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
            keys = [key for key, _ in found]
            self.problems += [f"{file.name}: {key} twice" for key in sorted(set(keys)) if keys.count(key) > 1]
            return dict(found)

        try:
            # The hook makes reading four times slower, which a start would feel; tests read with it.
            content = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=pairs if self.careful else None)
        except (OSError, ValueError) as problem:
            self.problems.append(f"{file.name}: unreadable ({type(problem).__name__})")
            return
        if not isinstance(content, dict):
            self.problems.append(f"{file.name}: not an object")
            return
        for section, entries in content.items():
            if section not in self.sections or not isinstance(entries, dict):
                self.problems.append(f"{file.name}: {section} is not one of {', '.join(_SECTIONS)}")
                continue
            self._add_section(file, section, entries)

    def _add_section(self, file: Path, section: str, entries: Mapping[str, object]) -> None:
        target = self.sections[section]
        for key, text in entries.items():
            if not isinstance(text, str) or not text.strip():
                self.problems.append(f"{file.name}: {key} has no words")
            elif key in target:
                self.problems.append(f"{file.name}: {key} is also in another file")
            else:
                target[key] = text


def load_vocabulary(folder: Path, language: str = "en", *, careful: bool = False) -> Vocabulary:
    """Merge `<language>.json` and every file of `<language>/`; the first of two duplicates counts.

    With `careful` a key that stands twice in one file is a problem too.
    """
    collector = _Collector(careful)
    for file in (folder / f"{language}.json", *sorted((folder / language).glob("*.json"))):
        collector.add(file)
    return Vocabulary(collector.sections["errors"], collector.sections["labels"], tuple(collector.problems))


@cache
def vocabulary() -> Vocabulary:
    """The shipped English words, read once."""
    return load_vocabulary(resources_dir() / "words")


@cache
def placeholders(text: str) -> frozenset[str]:
    """The names in braces of a sentence, in `{rows:,}` as well as in `{rows}`."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def label_key(member: StrEnum) -> str:
    """The key of an enum member: `TierApproach.FILE_TIER` is `tier_approach.file_tier`."""
    return f"{_area(type(member))}.{member.value}"


@cache
def _area(kind: type[StrEnum]) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.__name__).lower()


def label(key: StrEnum | str) -> str:
    """The short visible word for an enum member or for a full key such as `tier.very_high`."""
    full = label_key(key) if isinstance(key, StrEnum) else key
    return words(full)


def words(key: str, **values: object) -> str:
    """The text of `key` with its placeholders filled; a count may be written `{rows:,}`."""
    text = vocabulary().labels.get(key)
    if text is None:
        _log.warning("words_missing: %s", key)
        return key.rpartition(".")[2].replace("_", " ").capitalize()
    return _filled(key, text, values) if values or placeholders(text) else text


def people_count(count: int) -> str:
    """ "nobody", "1 person", "1,200 people"."""
    if count == 0:
        return words("people.none")
    return words("people.one") if count == 1 else words("people.many", count=count)


def size_words(size: int) -> str:
    """A number of bytes in the unit that fits: "428 MB", "12 KB", "1.5 GB"."""
    for unit, bytes_ in (("gb", 10**9), ("mb", 10**6), ("kb", 10**3)):
        if size >= bytes_:
            whole = size / bytes_
            return words(f"backups.size.{unit}", size=f"{whole:.1f}" if unit == "gb" and whole < 10 else round(whole))
    return words("backups.size.b", size=size)


def sentence(error: MdtError) -> str:
    """What to tell a person about `error`; the nearest parent's sentence where its own code has none."""
    for code in _codes(type(error).__mro__):
        text = vocabulary().errors.get(code)
        if text is not None:
            return _filled(code, text, error.values)
        _log.warning("words_missing: %s", code)
    return "Something went wrong and nothing was changed."


def _codes(classes: Iterable[type]) -> list[str]:
    return [kind.code for kind in classes if issubclass(kind, MdtError)]


def _filled(key: str, text: str, values: Mapping[str, object]) -> str:
    """Placeholders replaced; a missing value shows as … and is reported, never raised to a person."""
    values = {name: _spoken(value) for name, value in values.items()}
    missing = placeholders(text) - values.keys()
    if missing:
        _log.warning("words_value_missing: %s %s", key, ",".join(sorted(missing)))
        return text.format_map({name: values.get(name, _Gap()) for name in placeholders(text)})
    try:
        return text.format_map(values)
    except (ValueError, TypeError):
        _log.warning("words_value_unfit: %s", key)
        return text.format_map({name: _Plain(values[name]) for name in placeholders(text)})


def _spoken(value: object) -> object:
    """An enum member as its label in the middle of a sentence, a tuple of keys as their labels in a row."""
    if isinstance(value, StrEnum):
        spoken = label(value)
        return spoken if spoken[:2].isupper() else spoken[:1].lower() + spoken[1:]
    if isinstance(value, tuple):
        return ", ".join(words(str(key)) for key in value)
    return value


class _Gap:
    """Takes the place of a value that was not given, whatever its format."""

    def __format__(self, form: str) -> str:
        return _NO_VALUE


class _Plain:
    """A value shown as it is, when the format written in the sentence does not fit it."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __format__(self, form: str) -> str:
        return str(self._value)
