"""Files for a place that a person chose: a plain name, private, whole or not at all, never over another."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.documents.writing import (
    FileNameRefused,
    PaperFileExists,
    PaperHalfSaved,
    PaperNotSaved,
    free_place,
    write_new,
    write_over_own,
)
from mdt_desktop.domain.file_names import NameFault, fault_of_name
from mdt_desktop.words import sentence
from tests.unit import file_names_corpus as corpus

OWN = b'"File","Line"'


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_corpus_of_names_is_large_enough() -> None:
    assert len(set(corpus.ALL)) >= 300


@pytest.mark.parametrize("fault", list(NameFault))
def test_a_name_that_some_system_cannot_hold_or_that_deceives_is_refused_with_the_reason(fault: NameFault) -> None:
    assert {name: fault_of_name(name) for name in corpus.REFUSED[fault]} == dict.fromkeys(corpus.REFUSED[fault], fault)


def test_a_name_that_every_system_holds_is_taken_in_any_alphabet() -> None:
    assert {name: fault_of_name(name) for name in corpus.TAKEN} == dict.fromkeys(corpus.TAKEN)


def test_no_name_reaches_outside_the_chosen_folder_and_what_is_written_is_private(tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    refused: dict[str, str] = {}
    for name in corpus.ALL:
        try:
            place = free_place(chosen, name)
            write_new(place, b"content")
            assert place.name == name
        except FileNameRefused as refusal:
            refused[name] = sentence(refusal)
    assert {path.name for path in tmp_path.iterdir()} == {"chosen"}
    assert {path.name for path in chosen.iterdir()} == set(corpus.TAKEN)
    assert {stat.S_IMODE(path.stat().st_mode) for path in chosen.iterdir()} == {0o600}
    assert set(refused) == set(corpus.ALL) - set(corpus.TAKEN)
    assert all(text.isprintable() and len(text) < 300 for text in refused.values())


def test_a_whole_path_is_judged_by_its_last_part(tmp_path: Path) -> None:
    for name in ("CON.pdf", "plan\u202efdp.exe", "a" * 300, "plan\0.pdf"):
        with pytest.raises(FileNameRefused):
            write_new(tmp_path / name, b"x")
    assert files_below(tmp_path) == {}


def test_a_file_is_whole_and_only_its_owners_even_where_the_mask_is_open(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    before = os.umask(0)
    try:
        write_new(path, b"%PDF")
    finally:
        os.umask(before)
    assert path.read_bytes() == b"%PDF"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("write", [write_new, lambda path, content: write_over_own(path, content, OWN)])
@pytest.mark.parametrize("there", ["a file", "a link", "a link to nowhere", "a folder", "a pipe"])
def test_what_is_there_already_is_never_overwritten_and_no_link_is_followed(
    there: str, write: Callable[[Path, bytes], None], tmp_path: Path
) -> None:
    path, elsewhere = tmp_path / "plan.pdf", tmp_path / "elsewhere"
    if there == "a file":
        path.write_bytes(b"mine")
    elif there == "a link":
        elsewhere.write_bytes(b"mine")
        path.symlink_to(elsewhere)
    elif there == "a link to nowhere":
        path.symlink_to(elsewhere)
    elif there == "a folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    before = {it.name: it.lstat().st_ino for it in tmp_path.iterdir()}
    with pytest.raises(PaperFileExists) as refused:
        write(path, b"new")
    assert "plan.pdf" in sentence(refused.value)
    assert {it.name: it.lstat().st_ino for it in tmp_path.iterdir()} == before
    assert b"new" not in files_below(tmp_path).values()


def test_a_folder_that_is_reached_by_a_link_is_the_persons_choice(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_new(tmp_path / "link" / "plan.pdf", b"x")
    assert (tmp_path / "real" / "plan.pdf").read_bytes() == b"x"


@pytest.mark.parametrize("there", [b"", OWN + b"\r\n"])
def test_a_list_that_is_made_again_takes_the_place_of_the_one_before(there: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    path.write_bytes(there)
    path.chmod(0o644)
    write_over_own(path, OWN + b",new", OWN)
    assert files_below(tmp_path) == {"rejects.csv": OWN + b",new"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["missing/plan.pdf", "file/plan.pdf"])
def test_a_place_that_cannot_take_the_file_is_told_in_words(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PaperNotSaved) as refused:
        write_new(tmp_path / name, b"x")
    assert "could not be saved" in sentence(refused.value)
    assert files_below(tmp_path) == {"file": b""}


def test_a_disk_that_refuses_the_removal_too_is_told_so_that_the_part_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    monkeypatch.setattr(Path, "unlink", broken)
    with pytest.raises(PaperHalfSaved) as refused:
        write_new(tmp_path / "plan.pdf", b"content")
    assert "Delete it" in sentence(refused.value)


def test_work_that_is_stopped_in_the_middle_of_writing_leaves_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_new(tmp_path / "plan.pdf", b"content")
    assert files_below(tmp_path) == {}


def test_the_place_proposed_is_one_that_is_free(tmp_path: Path) -> None:
    name = "caseload-2026-11-23.xlsx"
    assert free_place(tmp_path, name) == tmp_path / name
    (tmp_path / name).touch()
    (tmp_path / "caseload-2026-11-23-2.xlsx").symlink_to(tmp_path / "nowhere")
    assert free_place(tmp_path, name) == tmp_path / "caseload-2026-11-23-3.xlsx"
    assert free_place(tmp_path / "no such folder", name) == tmp_path / "no such folder" / name
