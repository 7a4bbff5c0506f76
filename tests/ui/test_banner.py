"""The patient banner: order, words and shape as the NHS CUI guides ask (UX.md II.1)."""

from datetime import date

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from mdt_desktop.domain.people import Gender
from mdt_desktop.ui import theme
from mdt_desktop.ui.banner import AlertTone, BannerAlert, PatientBanner
from mdt_desktop.words import vocabulary
from tests.ui.conftest import Show
from tests.ui.gallery.samples import a_banner
from tests.ui.gallery.shell import settle

DIED = date(2026, 3, 2)


def a_shown_banner(show: Show, width: int = 1200, **changes: object) -> PatientBanner:
    host = QWidget()
    host.resize(width, 500)
    banner = PatientBanner(host)
    banner.resize(width, 10)
    banner.show_person(a_banner(**changes))
    show(host)
    settle()
    return banner


def test_name_birth_gender_and_number_stand_in_this_order(show: Show) -> None:
    banner = a_shown_banner(show)
    items = (banner.name, banner.born, banner.gender, banner.nhs_number)
    places = [item.mapTo(banner, item.rect().topLeft()).x() for item in items]
    assert places == sorted(places)


def test_the_tab_order_is_the_same(show: Show) -> None:
    banner = a_shown_banner(show, died=DIED)
    people = (
        banner.name,
        banner.preferred,
        banner.born,
        banner.died,
        banner.age_at_death,
        banner.gender,
        banner.nhs_number,
    )
    expected = [item.value for item in people]
    reached: list[QWidget] = [expected[0]]
    widget = expected[0].nextInFocusChain()
    while widget is not None and widget is not expected[0]:
        if widget in expected:
            reached.append(widget)
        widget = widget.nextInFocusChain()
    assert reached == expected


def test_values_are_written_as_the_guides_say(show: Show) -> None:
    banner = a_shown_banner(show)
    assert banner.name.value.text() == "EXAMPLE, Amina (Mrs)"
    assert banner.preferred.value.text() == "Mina"
    assert banner.born.value.text() == "14-Aug-1940 (86)"
    assert banner.gender.value.text() == "Female"
    assert banner.nhs_number.value.text() == "943 476 5919"


def test_no_label_has_a_colon(show: Show) -> None:
    banner = a_shown_banner(show, died=DIED)
    assert not [label.text() for label in banner.findChildren(QLabel) if label.text().endswith(":")]
    assert not [
        text for key, text in vocabulary().labels.items() if key.startswith("ui.banner.") and text.endswith(":")
    ]


def test_every_label_says_in_a_tooltip_what_it_means(show: Show) -> None:
    banner = a_shown_banner(show, died=DIED)
    for item in (banner.name, banner.born, banner.died, banner.age_at_death, banner.gender, banner.nhs_number):
        assert item.value.toolTip()
        assert item.name.toolTip()


def test_a_screen_reader_hears_the_long_date_and_the_age(show: Show) -> None:
    assert a_shown_banner(show).born.value.accessibleName() == "Born 14 August 1940, aged 86"


@pytest.mark.parametrize(
    ("changes", "item", "words"),
    [
        ({"nhs_number": ""}, "nhs_number", "Not Known"),
        ({"born": None}, "born", "Not recorded"),
        ({"title": ""}, "name", "EXAMPLE, Amina"),
        ({"died": DIED}, "born", "14-Aug-1940"),
        ({"died": DIED}, "died", "02-Mar-2026"),
        ({"died": DIED}, "age_at_death", "85"),
        ({"died": DIED, "born": None}, "age_at_death", ""),
        ({"gender": Gender.NOT_KNOWN}, "gender", "Not Known"),
        ({"born": date(1940, 11, 24)}, "born", "24-Nov-1940 (85)"),
    ],
    ids=[
        "no NHS number",
        "no date of birth",
        "no title",
        "no age beside the birth of a person who has died",
        "date of death",
        "age at death",
        "no age at death without a birth",
        "gender not known",
        "one day before the birthday",
    ],
)
def test_what_is_missing_or_special_is_said(show: Show, changes: dict[str, object], item: str, words: str) -> None:
    shown = getattr(a_shown_banner(show, 1200, **changes), item).value.text()
    assert shown == words


def test_the_date_of_death_stands_under_the_date_of_birth(show: Show) -> None:
    banner = a_shown_banner(show, died=DIED)
    born = banner.born.mapTo(banner, banner.born.rect().topLeft())
    died = banner.died.mapTo(banner, banner.died.rect().topLeft())
    assert died.x() == born.x()
    assert died.y() > born.y()


def test_a_person_who_has_died_has_another_ground_and_a_pattern(show: Show) -> None:
    def colours(banner: PatientBanner) -> set[str]:
        image = banner.grab().toImage()
        edge = range(image.width() - 200, image.width() - 2)
        return {image.pixelColor(x, 12).name() for x in edge}

    living, died = colours(a_shown_banner(show)), colours(a_shown_banner(show, died=DIED))
    assert living == {theme.colour("surface").name()}
    assert {theme.colour("sunken").name(), theme.colour("divider").name()} <= died


def test_nothing_of_a_living_person_says_died(show: Show) -> None:
    banner = a_shown_banner(show)
    assert not banner.died.isVisible()
    assert not banner.age_at_death.isVisible()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("width", [760, 1200])
def test_nothing_is_cut_off_or_lost_in_a_narrow_window_or_at_large_text(
    qapp: QApplication, show: Show, scale: float, width: int
) -> None:
    theme.apply(qapp, "light", scale)
    banner = a_shown_banner(show, width, family_name="Example-Longer-Invented-Name", given_names="Josephine Alexandra")
    for label in banner.findChildren(QLabel):
        if label.isVisible() and label.text():
            place = label.mapTo(banner, label.rect().topLeft())
            wanted = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            assert label.wordWrap() or label.width() >= label.sizeHint().width(), label.text()
            assert label.height() >= wanted, label.text()
            assert place.y() + label.height() <= banner.height(), label.text()


def test_warnings_stand_before_notes_and_have_another_shape(show: Show) -> None:
    banner = a_shown_banner(show)
    shown = banner.alerts.findChildren(QLabel, "alert_words")
    assert shown[0].text() == "Allergy penicillin"
    assert shown[0].accessibleName() == "Warning Allergy penicillin"
    tones = [picture.property("tone") for picture in banner.alerts.findChildren(QLabel, "alert_icon")]
    assert tones == ["warning", "info", "info", "info", "info"]


def test_the_next_person_has_only_their_own_alerts_and_words(show: Show) -> None:
    banner = a_shown_banner(show)
    banner.show_person(
        a_banner(alerts=(BannerAlert("Hearing aid", AlertTone.INFO),), what_matters="", preferred_name="")
    )
    assert [label.text() for label in banner.alerts.findChildren(QLabel, "alert_words")] == ["Hearing aid"]
    assert not banner.what_matters.isVisible()
    assert not banner.preferred.isVisible()


def test_words_of_the_person_are_shown_as_they_are_even_when_they_look_like_markup(show: Show) -> None:
    banner = a_shown_banner(show, what_matters="<b>walk</b> & talk")
    assert "“<b>walk</b> & talk”" in [label.text() for label in banner.findChildren(QLabel)]
