"""Nothing about a person reaches the log, stderr or a crash file, whatever goes wrong (SECURITY R20, R21)."""

import json
import logging
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.logs import events
from mdt_desktop.logs.events import record_event
from mdt_desktop.logs.running import PrivateRotatingFile, RunningLog, start_logging
from mdt_desktop.logs.subjects import subject
from mdt_desktop.paths import DataFolder
from tests.helpers.log_watch import LogWatch

CANARIES = (
    "Jane Canary-Sample",
    "jane_canary",
    "9990000018",
    "999 000 0018",
    "14 Nowhere Lane",
    "ZZ99 3WZ",
    "1938-02-14",
    "07700900123",
)
own = logging.getLogger("mdt_desktop.tests")


class Fruit(StrEnum):
    PEAR = "pear"


@pytest.fixture
def running(data_folder: DataFolder, log_watch: LogWatch) -> Iterator[RunningLog]:
    log_watch.allow_all()
    running = start_logging(data_folder)
    yield running
    running.close()


def lines(folder: DataFolder) -> list[dict[str, object]]:
    return [json.loads(line) for line in folder.log.read_text(encoding="utf-8").splitlines()]


def log_file_handler() -> PrivateRotatingFile:
    return next(found for found in logging.getLogger().handlers if isinstance(found, PrivateRotatingFile))


def assert_no_canary(*texts: str) -> None:
    for text in texts:
        assert [canary for canary in CANARIES if canary.lower() in text.lower()] == []


def test_an_event_is_one_line_with_its_fields(running: RunningLog, data_folder: DataFolder) -> None:
    record_event(own, "import_finished", rows=261_536, milliseconds=12.34567, kind=Fruit.PEAR)
    line = lines(data_folder)[-1]
    assert line.pop("at")
    assert line == {
        "level": "info",
        "logger": "mdt_desktop.tests",
        "event": "import_finished",
        "rows": 261_536,
        "milliseconds": 12.346,
        "kind": "pear",
    }


def test_a_field_that_is_not_on_the_list_fails_at_the_call() -> None:
    with pytest.raises(KeyError, match="not on the log's list: name"):
        record_event(own, "import_finished", name="Jane Canary-Sample")


@pytest.mark.parametrize("canary", CANARIES)
def test_a_canary_in_any_field_is_left_out(canary: str, running: RunningLog, data_folder: DataFolder) -> None:
    for name in sorted(events.NUMBERS | events.VOCABULARY | {events.SUBJECT}):
        fields: dict[str, Any] = {name: canary}
        record_event(own, "field_tried", **fields)
    assert len(lines(data_folder)) == 1 + len(events.NUMBERS | events.VOCABULARY) + 1
    assert_no_canary(data_folder.log.read_text())


@pytest.mark.parametrize("number", [9990000018, 7700900123, 19380214, -9990000018, float("inf")])
def test_a_number_long_enough_to_be_somebodys_is_left_out(
    number: float, running: RunningLog, data_folder: DataFolder
) -> None:
    record_event(own, "number_tried", rows=number)
    assert "rows" not in lines(data_folder)[-1]


@pytest.mark.parametrize("canary", CANARIES)
def test_a_canary_in_a_message_or_its_arguments_is_not_written(
    canary: str, running: RunningLog, data_folder: DataFolder
) -> None:
    own.warning(canary)
    own.warning("could not open %s", canary)
    own.warning("field_tried", extra={"mdt_fields": {"name": canary, "kind": canary}})
    logging.getLogger("sqlalchemy.engine").warning("INSERT %s", canary)
    logging.getLogger("py.warnings").warning("%s", canary)
    written = lines(data_folder)[1:]
    assert [str(line.get("event") or line["place"]).partition(":")[0] for line in written] == [
        "test_logs",
        "test_logs",
        "field_tried",
        "test_logs",
        "test_logs",
    ]
    assert_no_canary(data_folder.log.read_text())


def test_the_search_for_canaries_can_find_one() -> None:
    with pytest.raises(AssertionError):
        assert_no_canary('{"event":"x","name":"jane canary-sample"}')


def fail_with(canary: str) -> None:
    whole_record = {"name": canary, "born": date(1938, 2, 14)}
    try:
        raise ValueError(f"bad row {whole_record}")
    except ValueError as problem:
        raise NotFound(person=canary) from problem


@pytest.mark.parametrize("canary", CANARIES)
def test_an_exception_is_told_by_type_code_and_place_only(
    canary: str, running: RunningLog, data_folder: DataFolder
) -> None:
    try:
        fail_with(canary)
    except NotFound:
        own.exception("case %s not opened", canary)
    line = lines(data_folder)[-1]
    error = line["error"]
    assert isinstance(error, dict)
    assert error["type"] == "mdt_desktop.domain.errors.NotFound"
    assert error["code"] == "not_found"
    assert str(error["at"]).startswith("tests.unit.test_logs:")
    assert error["cause"] == "builtins.ValueError"
    assert_no_canary(data_folder.log.read_text())


def test_an_error_that_nobody_caught_is_logged_told_and_never_printed(
    data_folder: DataFolder, capsys: pytest.CaptureFixture[str], log_watch: LogWatch
) -> None:
    log_watch.expect("unexpected_error")
    told: list[BaseException] = []
    running = start_logging(data_folder, told.append)
    try:
        problem = ValueError("Jane Canary-Sample 9990000018")
        sys.excepthook(ValueError, problem, None)
        thread = threading.Thread(target=fail_with, args=("Jane Canary-Sample",))
        thread.start()
        thread.join()
    finally:
        running.close()
        assert [type(error) for error in told] == [ValueError, NotFound]
    assert [line.get("event") for line in lines(data_folder)] == ["log_started", *["unexpected_error"] * 2]
    printed = capsys.readouterr()
    assert printed.err.startswith("Unexpected error builtins.ValueError at an unknown place.\n")
    assert "NotFound at tests.unit.test_logs:" in printed.err
    assert_no_canary(printed.err, printed.out, data_folder.log.read_text())


def test_closing_puts_the_hooks_back(data_folder: DataFolder) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook, logging.getLogger().handlers[:])
    running = start_logging(data_folder)
    assert sys.excepthook is not before[0]
    running.close()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before[:3]
    assert logging.getLogger().handlers == before[3]


def test_a_subject_is_the_same_all_run_long_and_tells_nothing() -> None:
    record_id = "01936f2e-7c00-7000-8000-000000000001"
    assert subject(record_id) == subject(record_id)
    assert subject(record_id) != subject(record_id[:-1] + "2")
    assert record_id not in subject(record_id)


def test_the_log_and_its_older_parts_are_private_and_bounded(
    running: RunningLog, data_folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = log_file_handler()
    monkeypatch.setattr(handler, "maxBytes", 500)
    for number in range(60):
        record_event(own, "row_written", count=number)
    written = sorted(path for path in data_folder.root.iterdir() if path.name.startswith("mdt.log"))
    assert [path.name for path in written] == ["mdt.log", "mdt.log.1", "mdt.log.2", "mdt.log.3"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert {path.name for path in data_folder.root.iterdir()} <= data_folder.file_names()


def test_a_log_that_cannot_be_written_does_not_stop_the_work(
    running: RunningLog,
    data_folder: DataFolder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler = log_file_handler()

    def full(_: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(handler.stream, "write", full)
    record_event(own, "row_written", count=1)
    assert capsys.readouterr().err == ""


def test_a_full_disk_at_the_end_does_not_hide_how_the_work_went(
    data_folder: DataFolder, log_watch: LogWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_watch.allow_all()
    running = start_logging(data_folder)
    stream = log_file_handler().stream
    assert stream is not None

    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stream, "flush", full)
    running.close()
    assert stream.closed
    assert not [found for found in logging.getLogger().handlers if isinstance(found, PrivateRotatingFile)]


CRASH = """
import ctypes, resource, sys
from pathlib import Path
from typing import Any
from mdt_desktop.logs.events import forbid_core_dumps
from mdt_desktop.logs.running import start_logging
from mdt_desktop.paths import DataFolder
folder = DataFolder(Path(sys.argv[1])).create()
forbid_core_dumps()
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
start_logging(folder)
def open_case(name):
    ctypes.string_at(0)
open_case("Jane Canary-Sample")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and limits")
def test_a_crash_leaves_a_stack_without_values_and_no_core(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    ended = subprocess.run(
        [sys.executable, "-c", CRASH, str(folder.root)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == -11, ended.stderr
    crash = folder.crash_log.read_text()
    assert "Segmentation fault" in crash
    assert "in open_case" in crash
    assert_no_canary(crash, ended.stderr, ended.stdout)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert stat.S_IMODE(folder.crash_log.stat().st_mode) == 0o600
