"""Where the wishes of a page lead: to the right page, with whom it is about."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from mdt_desktop.ui.joints import PAGES
from mdt_desktop.ui.pages import Arguments, Page
from tests.helpers.plans import CaseInStore, a_ready_draft
from tests.helpers.window import Shell, a_shell


class Remembers(Page):
    """Takes the place of a page and keeps with what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Arguments] = []

    def shown(self, arguments: Arguments) -> None:
        self.seen.append(arguments)


@pytest.fixture
def shell(case: CaseInStore, qapp: object) -> Iterator[Shell]:
    with a_shell(case.program) as made:
        yield made


def test_a_plan_that_lacks_a_basis_to_share_leads_to_the_consent_of_the_same_person(
    case: CaseInStore, shell: Shell
) -> None:
    a_ready_draft(case)
    target = Remembers()
    shell.register("case", lambda: target)
    start: Any = SimpleNamespace(program=case.program, window=shell.window, drafts=None)
    page: Any = next(place for place in PAGES if place.key == "care_plan").make(start)
    page.consent_requested.emit(case.person_id)
    assert target.seen == [{"person_id": case.person_id, "tab": "consent"}]
    page.deleteLater()
