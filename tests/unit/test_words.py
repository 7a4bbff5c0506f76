"""Every error has its sentence and every sentence gets its values."""

import ast
import importlib
import json
import pkgutil
from enum import StrEnum
from pathlib import Path

import pytest

import mdt_desktop
from mdt_desktop import words as words_module
from mdt_desktop.domain.errors import MdtError, NotFound
from mdt_desktop.paths import resources_dir
from mdt_desktop.settings import Theme
from mdt_desktop.words import label, label_key, load_vocabulary, placeholders, sentence, vocabulary, words
from tests.helpers.log_watch import LogWatch

PACKAGE = Path(mdt_desktop.__file__).parent
STARTS_A_PROGRAM = ("__main__", "_shipped")


def all_errors() -> list[type[MdtError]]:
    """Every error class of the program, after importing all of its modules."""
    for module in pkgutil.walk_packages([str(PACKAGE)], "mdt_desktop."):
        if not any(name in STARTS_A_PROGRAM for name in module.name.split(".")):
            importlib.import_module(module.name)
    found: list[type[MdtError]] = [MdtError]
    for kind in found:
        found += [child for child in kind.__subclasses__() if child not in found]
    return [kind for kind in found if kind.__module__.startswith("mdt_desktop.")]


def values_given() -> dict[str, list[tuple[str, frozenset[str]]]]:
    """Where the source makes each error, and the names of the values it gives; `**values` is not counted."""
    given: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                keywords = [keyword.arg for keyword in node.keywords]
                if None not in keywords:
                    place = f"{file.relative_to(PACKAGE)}:{node.lineno}"
                    given.setdefault(name, []).append((place, frozenset(filter(None, keywords))))
    return given


def test_the_shipped_words_have_no_duplicates_and_no_gaps() -> None:
    assert load_vocabulary(resources_dir() / "words", careful=True).problems == ()


def test_every_error_code_has_a_sentence() -> None:
    without = {kind.__qualname__: kind.code for kind in all_errors() if kind.code not in vocabulary().errors}
    assert without == {}


def test_every_error_code_belongs_to_one_class_only() -> None:
    by_code: dict[str, set[str]] = {}
    for kind in all_errors():
        if "code" in vars(kind):
            by_code.setdefault(kind.code, set()).add(f"{kind.__module__}.{kind.__qualname__}")
    assert {code: sorted(kinds) for code, kinds in by_code.items() if len(kinds) > 1} == {}


def test_every_sentence_gets_the_values_it_names_wherever_its_error_is_made() -> None:
    given = values_given()
    lacking = []
    for kind in all_errors():
        # A class with its own constructor names its values there, in `super().__init__(...)`.
        if kind.__init__ is not MdtError.__init__:
            continue
        needed = placeholders(vocabulary().errors.get(kind.code, ""))
        lacking += [
            f"{place}: {kind.__qualname__} without {', '.join(sorted(needed - names))}"
            for place, names in given.get(kind.__qualname__, [])
            if needed - names
        ]
    assert lacking == []


def test_every_sentence_is_a_sentence() -> None:
    odd = [
        code
        for code, text in vocabulary().errors.items()
        if not (text[0].isupper() or text[0] in '{"“') or text[-1] not in '.?}"”'
    ]
    assert odd == []


class TierApproach(StrEnum):
    FILE_TIER = "file_tier"


def test_the_key_of_an_enum_member_is_its_class_and_value() -> None:
    assert label_key(TierApproach.FILE_TIER) == "tier_approach.file_tier"


def test_a_label_is_found_by_member_and_by_key() -> None:
    assert label(Theme.SYSTEM) == "Same as this computer"
    assert label("theme.dark") == "Dark"


def test_a_sentence_is_found_by_the_errors_code() -> None:
    assert sentence(NotFound()) == "There is no such record on this laptop."


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of words that `words`, `label` and `sentence` use during the test."""
    content = {
        "errors": {"not_found": "There is no {what} in {rows:,} rows."},
        "labels": {"rows": "{rows:,} rows", "plain": "Plain"},
    }
    write(tmp_path, "en.json", json.dumps(content))
    monkeypatch.setattr(words_module, "vocabulary", lambda: load_vocabulary(tmp_path))
    return tmp_path


def test_values_are_put_in_their_places(own_words: Path) -> None:
    assert words("rows", rows=261536) == "261,536 rows"
    assert sentence(NotFound(what="case", rows=3)) == "There is no case in 3 rows."


def test_a_missing_value_is_shown_as_dots_and_reported(own_words: Path, log_watch: LogWatch) -> None:
    log_watch.expect("words_value_missing: not_found rows")
    assert sentence(NotFound(what="case")) == "There is no case in … rows."


def test_a_value_of_the_wrong_kind_is_shown_as_it_is_and_reported(own_words: Path, log_watch: LogWatch) -> None:
    log_watch.expect("words_value_unfit: rows")
    assert words("rows", rows="many") == "many rows"


def test_a_missing_word_is_made_from_its_key_and_reported(own_words: Path, log_watch: LogWatch) -> None:
    log_watch.expect("words_missing: tier.very_high")
    assert label("tier.very_high") == "Very high"


def test_an_error_without_a_sentence_has_its_parents(own_words: Path, log_watch: LogWatch) -> None:
    class NobodyCalled(NotFound):
        code = "nobody_called"

    log_watch.expect("words_missing: nobody_called")
    assert sentence(NobodyCalled(what="person", rows=1)) == "There is no person in 1 rows."


def test_an_error_nobody_wrote_words_for_still_says_something(own_words: Path, log_watch: LogWatch) -> None:
    log_watch.expect("words_missing: unexpected")
    assert sentence(MdtError()) == "Something went wrong and nothing was changed."


@pytest.mark.parametrize(
    ("files", "problems"),
    [
        pytest.param({}, ("en.json: unreadable (FileNotFoundError)",), id="no file"),
        pytest.param({"en.json": "{"}, ("en.json: unreadable (JSONDecodeError)",), id="broken file"),
        pytest.param({"en.json": "[]"}, ("en.json: not an object",), id="a list"),
        pytest.param({"en.json": '{"labels": {"a": "A", "a": "B"}}'}, ("en.json: a twice",), id="twice in one file"),
        pytest.param(
            {"en.json": '{"labels": {"a": "A"}}', "en/case.json": '{"labels": {"a": "A"}}'},
            ("case.json: a is also in another file",),
            id="in two files",
        ),
        pytest.param({"en.json": '{"labels": {"a": " "}}'}, ("en.json: a has no words",), id="no words"),
        pytest.param(
            {"en.json": '{"words": {"a": "A"}}'},
            ("en.json: words is not one of errors, labels",),
            id="an unknown section",
        ),
    ],
)
def test_what_is_wrong_with_word_files_is_named(
    files: dict[str, str], problems: tuple[str, ...], tmp_path: Path
) -> None:
    for name, text in files.items():
        write(tmp_path, name, text)
    assert load_vocabulary(tmp_path, careful=True).problems == problems
