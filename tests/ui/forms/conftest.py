"""Builds forms that end with the test."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.questionnaire import Answers, Item, Questionnaire
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.questionnaire_form import QuestionnaireForm
from tests.ui.forms.desk import Build, group, show


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> None:
    theme.apply(qapp, "light")


@pytest.fixture
def build(qtbot: QtBot) -> Build:
    def make(*items: Item, answers: Answers | None = None, read_only: bool = False) -> QuestionnaireForm:
        questionnaire = Questionnaire("t", "https://example.org/t", "1", "Test", (group("all", *items),))
        return show(qtbot, questionnaire, answers, read_only=read_only)

    return make
