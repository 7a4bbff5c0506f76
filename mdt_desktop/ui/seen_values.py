"""What stood in each field of a form when somebody began to type in it, until what they typed is saved."""

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from mdt_desktop.services.changes import Changes

Key = TypeVar("Key", bound=Hashable)


class SeenValues(Generic[Key]):
    """Noted in the window's thread, asked in the writer's.

    `shown` answers with what the form shows from the store of one field, and raises KeyError for a field of which it
    shows nothing.
    """

    def __init__(self, shown: Callable[[Key], Any]) -> None:
        self._shown = shown
        self._noted: dict[Key, Any] = {}
        self._written: dict[Key, Any] = {}
        self._lock = threading.Lock()

    def note(self, keys: Iterable[Key]) -> None:
        """Something is typed there: what was on the screen of these fields is what it is made on top of."""
        with self._lock:
            for key in keys:
                if key in self._noted:
                    continue
                if key in self._written:
                    self._noted[key] = self._written[key]
                    continue
                try:
                    self._noted[key] = self._shown(key)
                except KeyError:
                    continue

    def writing(self, values: Mapping[Key, Any], write: Callable[[Mapping[Key, Any]], Changes]) -> Changes:
        """Write with what was seen; once that has worked, what was written is what the form shows."""
        with self._lock:
            known = self._written | self._noted
            seen = {key: known[key] for key in values if key in known}
        done = write(seen)
        with self._lock:
            for key, value in values.items():
                self._noted.pop(key, None)
                self._written[key] = value
        return done

    def shown_anew(self, is_unsaved: Callable[[Key], bool]) -> None:
        """The form shows what is in the store, but for fields in which something is typed that is not saved yet."""
        with self._lock:
            self._written = {key: value for key, value in self._written.items() if is_unsaved(key)}
