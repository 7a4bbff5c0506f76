"""Names every file that is made or changed under a folder while it looks, also one that is deleted at once (Linux)."""

import ctypes
import ctypes.util
import os
import struct
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_CREATE, _CLOSE_WRITE, _MOVED_TO, _ONLY_DIR, _IS_DIR = 0x100, 0x8, 0x80, 0x01000000, 0x40000000
_HEAD = struct.Struct("iIII")


class FileWatch:
    """`names` are paths below the folder, of files only. Folders that are made later are watched from then on."""

    def __init__(self, folder: Path) -> None:
        self.names: set[str] = set()
        self._folder = folder
        self._libc = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
        self._descriptor = self._libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        self._folders: dict[int, Path] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="file-watch")
        self._watch(folder)

    def _watch(self, folder: Path) -> None:
        mask = _CREATE | _CLOSE_WRITE | _MOVED_TO | _ONLY_DIR
        number = self._libc.inotify_add_watch(self._descriptor, os.fsencode(folder), mask)
        if number >= 0:
            self._folders[number] = folder
        # What was made in it before it was watched.
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.is_dir() and not path.is_symlink():
                self._watch(path)
            elif number >= 0 and folder != self._folder:
                self.names.add(str(path.relative_to(self._folder)))

    def __enter__(self) -> Self:
        self.names.clear()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
        self._read()
        os.close(self._descriptor)

    def _look(self) -> None:
        while not self._ended.wait(0.01):
            self._read()

    def _read(self) -> None:
        while True:
            try:
                told = os.read(self._descriptor, 65536)
            except BlockingIOError:
                return
            place = 0
            while place < len(told):
                number, mask, _, length = _HEAD.unpack_from(told, place)
                name = told[place + _HEAD.size : place + _HEAD.size + length].rstrip(b"\0")
                place += _HEAD.size + length
                self._take(number, mask, os.fsdecode(name))

    def _take(self, number: int, mask: int, name: str) -> None:
        folder = self._folders.get(number)
        if folder is None or not name:
            return
        path = folder / name
        if mask & _IS_DIR:
            self._watch(path)
        else:
            self.names.add(str(path.relative_to(self._folder)))
