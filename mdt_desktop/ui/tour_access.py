"""The stops of the tour for who may see and do what: the audit, broken glass, who looked, and screens of other roles.

Nothing is written for a picture: what nobody in the demo did is only shown.
"""

import importlib
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.people import name_on_screen
from mdt_desktop.domain.permissions import AccessRole, Standing
from mdt_desktop.ui.script import Steps
from mdt_desktop.ui.tour_gestures import Stop, case, page, press
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.ui.tour import Tour


def _rights_of(role: AccessRole) -> Any:
    """What somebody of one role would be told."""
    rights: Any = importlib.import_module("mdt_desktop.services.rights")
    return rights.Rights(Standing(frozenset({role})))


def a_glass(tour: "Tour", person_id: str, person: str) -> Any:
    """The glass over one record, broken just now; nobody in the demo did."""
    rights: Any = importlib.import_module("mdt_desktop.services.rights")
    now = tour.start.clock()
    return rights.GlassSummary(
        "1", person_id, "", "Robin Example", words("case.restricted.reason_help").partition(": ")[2], now,
        now + timedelta(hours=3, minutes=12, seconds=30), None, None, "", "", person,
    )  # fmt: skip


def _restricted(tour: "Tour", broken: bool) -> Steps:
    """A restricted record at its door, and while the glass is broken; nobody in the demo is restricted."""
    yield from case(tour)
    view = tour.page.case.view
    standing = replace(view.overview.rights.standing, restricted=True, glass_open=broken)
    gate = replace(view.gate, rights=replace(view.overview.rights, standing=standing))
    if not broken:
        tour.page.show_found(gate)
        return
    overview = replace(view.overview, rights=gate.rights)
    glass = a_glass(tour, gate.person_id, "")
    tour.page.show_found(replace(view, overview=overview, gate=replace(gate, glass=glass)))
    yield tour.settle("glass broken")


def _who_looked(tour: "Tour") -> Steps:
    yield from case(tour, "active", "history")
    press(tour, "who_looked")
    yield tour.settle("who looked")


def _who_looked_paper(tour: "Tour") -> Steps:
    yield from _who_looked(tour)
    tour.page.case.sheet.save.click()
    yield tour.settle("who looked as paper")


def _audit_person(tour: "Tour") -> Steps:
    """All that was done about one person."""
    yield from case(tour)
    person: Any = tour.page.case.view.overview.person
    name = name_on_screen(person.family_name, person.given_names, person.title)
    yield from page(tour, "audit", person_id=person.id, name=name)


def _audit_nothing(tour: "Tour") -> Steps:
    yield from page(tour, "audit")
    tour.page.filters.text.setText("no reason reads like this")
    yield tour.until("nothing is found", lambda: tour.page.found.currentWidget() is tour.page.nothing)


def _glass(tour: "Tour", review: bool) -> Steps:
    """Two records that were seen through broken glass, one reviewed, as the information-governance lead sees them."""
    names: list[str] = []
    for stage in ("active", "planning"):
        yield from case(tour, stage)
        person: Any = tour.page.case.view.overview.person
        names.append(name_on_screen(person.family_name, person.given_names, person.title))
    yield from page(tour, "audit", tab="glass")
    day = timedelta(days=1)
    waiting = a_glass(tour, "1", names[0])
    said = words("audit.glass.said_help").partition(": ")[2]
    reviewed = replace(
        waiting, id="2", person=names[1], opened_at=waiting.opened_at - 2 * day, ends_at=waiting.ends_at - 2 * day,
        reviewed_at=waiting.opened_at - day, reviewed_by="Robin Example", review=said,
    )  # fmt: skip
    tour.page.glass.show_rows([waiting, reviewed], _rights_of(AccessRole.IG_LEAD))
    if review:
        tour.page.glass.review.click()
    yield tour.settle("broken glass")


def _settings_of(tour: "Tour", role: AccessRole) -> Steps:
    yield from page(tour, "settings", section="audit")
    tour.page.show_rights(_rights_of(role))
    yield tour.settle("what a role may not do")


def _central(tour: "Tour", *, signed_out: bool) -> Steps:
    """As a connected laptop shows it; the demo is connected to nothing."""
    yield from page(tour, "settings", section="central")
    yield tour.settle("the central store")
    status: Any = importlib.import_module("mdt_desktop.services.sync_reading").SyncStatus
    tour.page.central.show_status(
        status(
            True, "https://central.example.nhs.uk", "Robin Example", waiting=3 if signed_out else 0,
            signed_out=signed_out, device="5e1cf9f1-0d49-4b53-a4a6-8f3d4a3c1d2e",
        )
    )  # fmt: skip


def _connect(tour: "Tour") -> Steps:
    yield from page(tour, "settings", section="central")
    tour.page.central.open_sheet()
    yield tour.settle("connecting")


def _risk_files_of(tour: "Tour", role: AccessRole) -> Steps:
    yield from page(tour, "imports")
    tour.page.show_rights(_rights_of(role))
    yield tour.settle("what a role may not do")


ACCESS: tuple[Stop, ...] = (
    Stop("case-restricted", partial(_restricted, broken=False)),
    Stop("case-glass-broken", partial(_restricted, broken=True)),
    Stop("case-who-looked", _who_looked),
    Stop("case-who-looked-paper", _who_looked_paper),
    Stop("audit", partial(page, key="audit")),
    Stop("audit-person", _audit_person),
    Stop("audit-nothing", _audit_nothing),
    Stop("audit-glass-none", partial(page, key="audit", tab="glass")),
    Stop("audit-glass", partial(_glass, review=False)),
    Stop("audit-glass-review", partial(_glass, review=True)),
    Stop("settings-clinician", partial(_settings_of, role=AccessRole.CLINICIAN)),
    Stop("settings-central-connect", _connect),
    Stop("settings-central", partial(_central, signed_out=False)),
    Stop("settings-central-signed-out", partial(_central, signed_out=True)),
    Stop("risk-files-clinician", partial(_risk_files_of, role=AccessRole.CLINICIAN)),
)
"""Every stop of this kind."""
