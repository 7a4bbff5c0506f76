"""Every act that the program records has a kind to be found under, a word, and a place in the table."""

import ast
from pathlib import Path

import pytest

import mdt_desktop
from mdt_desktop.domain.audit import ACTS, ActKind, SearchedFor, kind_of
from mdt_desktop.store.search import kinds_of
from mdt_desktop.words import vocabulary

PACKAGE = Path(mdt_desktop.__file__).parent


def recorded() -> set[str]:
    """The names of acts written down in the source: `Act("…")`, `work.act("…")`, `_record("…")`."""
    names = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if called in ("Act", "act", "_record") and isinstance(node.args[0].value, str):
                    names.add(node.args[0].value)
    return names


def test_every_act_in_the_source_has_a_kind() -> None:
    known = {name for names in ACTS.values() for name in names}
    assert recorded() >= {"view", "print", "unlock", "break_glass", "refused", "search"}
    assert recorded() - known == set()


def test_every_act_and_every_kind_has_a_word() -> None:
    labels = vocabulary().labels
    assert [name for names in ACTS.values() for name in names if f"audit.{name}" not in labels] == []
    assert [kind for kind in ActKind if f"act_kind.{kind.value}" not in labels] == []
    assert set(ACTS) == set(ActKind)


def test_no_act_is_found_under_two_kinds() -> None:
    names = [name for group in ACTS.values() for name in group]
    assert len(names) == len(set(names))
    assert kind_of("preview") is ActKind.VIEW
    assert kind_of("an act of a newer version") is ActKind.CHANGE


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("smith", "name"),
        ("Siân O'Brien-Smith", "name"),
        ("943 476 5919", "number"),
        ("9434765919", "number"),
        ("14/8/1940", "date"),
        ("14 aug 40", "date"),
        ("1940-08-14", "date"),
        ("e1 4aa", "postcode"),
        ("E14AA", "postcode"),
        ("smith 14/08/1940 E1 4AA 943 476", "date name number postcode"),
        ("", ""),
        ("%%%", ""),
    ],
)
def test_a_search_is_known_by_its_kinds_of_words(typed: str, kinds: str) -> None:
    assert kinds_of(typed) == frozenset(map(SearchedFor, kinds.split()))
