"""Laptop settings are checked, survive damage, and have no room for personal data."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdt_desktop.paths import DataFolder
from mdt_desktop.settings import (
    Column,
    Density,
    LaptopSettings,
    SavedView,
    SettingRefused,
    SettingsDamaged,
    SettingsNotSaved,
    SettingsUnreadable,
    Theme,
    all_settings,
    load_settings,
    save_settings,
)
from mdt_desktop.words import sentence


def test_a_new_laptop_has_the_defaults(data_folder: DataFolder) -> None:
    loaded = load_settings(data_folder)
    assert loaded.problems == ()
    found = loaded.settings
    assert (found.theme, found.text_scale, found.density) == (Theme.SYSTEM, 100, Density.COMFORTABLE)
    assert (found.columns, found.caseload_views, found.splitters) == ({}, (), {})
    assert (found.rail_collapsed, found.auto_lock_minutes, found.clipboard_seconds) == (False, 5, 30)
    assert not data_folder.settings.exists()


def test_every_setting_is_documented_and_its_default_passes_its_own_check() -> None:
    for name, setting in all_settings().items():
        assert setting.about.endswith("."), name
        settings = LaptopSettings()
        setattr(settings, name, setting.default)
        assert getattr(settings, name) == setting.default
    assert len(all_settings()) == 9


def test_settings_come_back_as_they_were_saved(data_folder: DataFolder) -> None:
    settings = LaptopSettings()
    settings.theme = Theme.DARK
    settings.text_scale = 150
    settings.density = Density.COMPACT
    settings.columns = {"caseload": (Column("person", 220), Column("tier", 90, shown=False))}
    settings.caseload_views = (
        SavedView("My very high", {"tier": ("very_high",)}, sort_by="review_due", descending=True),
    )
    settings.splitters = {"case": (300, 900)}
    settings.rail_collapsed = True
    settings.auto_lock_minutes = 15
    save_settings(data_folder, settings)

    loaded = load_settings(data_folder)
    assert loaded.problems == ()
    assert loaded.settings.chosen == settings.chosen
    assert loaded.settings.columns["caseload"][1] == Column("tier", 90, shown=False)
    assert data_folder.settings.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        pytest.param("theme", "pink", "one of system, light, dark", id="a theme that does not exist"),
        pytest.param("text_scale", 250, "a whole number from 80 to 200", id="text larger than fits"),
        pytest.param("text_scale", "100", "a whole number from 80 to 200", id="a number in quotes"),
        pytest.param("text_scale", True, "a whole number from 80 to 200", id="yes is not a number"),
        pytest.param("auto_lock_minutes", 0, "a whole number from 1 to 15", id="never locking"),
        pytest.param("clipboard_seconds", 9, "a whole number from 10 to 60", id="too soon to paste"),
        pytest.param("clipboard_seconds", 61, "a whole number from 10 to 60", id="copied for good"),
        pytest.param("auto_lock_minutes", 16, "a whole number from 1 to 15", id="locking later than policy"),
        pytest.param("rail_collapsed", 1, "yes or no", id="one is not yes"),
        pytest.param("splitters", {"case": [-1]}, "a whole number from 0 to 20000", id="a negative size"),
        pytest.param(
            "splitters", {"Mrs Jane Sample": [1]}, "a name of the program or an id", id="a name as a key"
        ),
        pytest.param("columns", {"caseload": "wide"}, "a list of at most 100 entries", id="not a list"),
        pytest.param(
            "columns",
            {"caseload": [{"name": "tier"}]},
            "an entry with name, shown, width",
            id="half a column",
        ),
        pytest.param(
            "caseload_views",
            [SavedView("", {}, "tier")],
            "a view whose name has 1 to 40 characters and no long number in it",
            id="a view without a name",
        ),
        pytest.param(
            "caseload_views",
            [SavedView("999 000 0018", {}, "tier")],
            "a view whose name has 1 to 40 characters and no long number in it",
            id="a view named by an NHS number",
        ),
        pytest.param(
            "caseload_views",
            [SavedView("Mine", {"search": ("Jane Sample",)}, "tier")],
            "a name of the program or an id",
            id="a view with search text",
        ),
        pytest.param(
            "caseload_views",
            [SavedView("Mine", {"search": ("9990000018",)}, "tier")],
            "a name of the program or an id",
            id="a view with an NHS number in a filter",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_words(name: str, value: object, wanted: str) -> None:
    settings = LaptopSettings()
    with pytest.raises(SettingRefused) as refused:
        setattr(settings, name, value)
    assert refused.value.values == {"setting": name, "wanted": wanted}
    assert wanted in sentence(refused.value)
    assert settings.chosen == {}


def test_a_view_may_filter_by_a_professionals_id() -> None:
    settings = LaptopSettings()
    lead = "01936f2e-7c00-7000-8000-000000000001"
    settings.caseload_views = (SavedView("Led by me", {"lead": (lead,)}, "review_due"),)
    assert settings.caseload_views[0].filters["lead"] == (lead,)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"theme": "dark"', id="cut off"),
        pytest.param(b"[1, 2]", id="a list"),
        pytest.param(b"\xff\xfe\x00{", id="not text"),
        pytest.param(b"[" * 200_000, id="nested too deep"),
        pytest.param(b'{"theme": "' + b"x" * 2_000_000 + b'"}', id="two megabytes"),
    ],
)
def test_a_damaged_file_is_kept_aside_and_the_defaults_are_used(
    content: bytes, data_folder: DataFolder
) -> None:
    data_folder.settings.write_bytes(content)
    loaded = load_settings(data_folder)
    (problem,) = loaded.problems
    assert isinstance(problem, SettingsDamaged)
    assert "settings.damaged.json" in sentence(problem)
    assert loaded.settings.theme is Theme.SYSTEM
    assert data_folder.damaged_settings.read_bytes() == content
    save_settings(data_folder, loaded.settings)
    assert load_settings(data_folder).problems == ()


def test_one_bad_value_costs_only_that_setting(data_folder: DataFolder) -> None:
    data_folder.settings.write_text(json.dumps({"theme": "dark", "text_scale": 5, "auto_lock_minutes": 3}))
    loaded = load_settings(data_folder)
    assert [problem.values["setting"] for problem in loaded.problems] == ["text_scale"]
    assert (loaded.settings.theme, loaded.settings.text_scale) == (Theme.DARK, 100)
    assert loaded.settings.auto_lock_minutes == 3


def test_entries_of_a_newer_version_survive_a_save(data_folder: DataFolder) -> None:
    data_folder.settings.write_text(json.dumps({"theme": "dark", "sounds": {"volume": 3}}))
    settings = load_settings(data_folder).settings
    settings.theme = Theme.LIGHT
    save_settings(data_folder, settings)
    assert json.loads(data_folder.settings.read_text()) == {"sounds": {"volume": 3}, "theme": "light"}


def test_a_file_that_cannot_be_opened_is_left_alone(data_folder: DataFolder) -> None:
    data_folder.settings.mkdir()
    loaded = load_settings(data_folder)
    assert [type(problem) for problem in loaded.problems] == [SettingsUnreadable]
    assert data_folder.settings.is_dir()


def test_settings_that_cannot_be_saved_say_why(tmp_path: Path) -> None:
    with pytest.raises(SettingsNotSaved) as refused:
        save_settings(DataFolder(tmp_path / "never made"), LaptopSettings())
    assert sentence(refused.value) == "The settings could not be saved: No such file or directory."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)


@given(content=st.dictionaries(st.sampled_from(sorted(all_settings())), JSON, max_size=8))
def test_no_file_content_can_stop_the_program_or_bring_free_text_in(
    content: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = DataFolder(tmp_path_factory.mktemp("data"))
    folder.settings.write_text(json.dumps(content))
    settings = load_settings(folder).settings
    settings.unknown = {}
    save_settings(folder, settings)
    assert not re.search(r"\d{7}", folder.settings.read_text())
    assert load_settings(folder).settings.chosen == settings.chosen
