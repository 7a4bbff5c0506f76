"""The stops of the tour for files of other services. Nothing of the demo changes: what is there is only shown."""

import importlib
from functools import partial
from typing import TYPE_CHECKING, Any

from mdt_desktop.ui.script import Steps
from mdt_desktop.ui.tour_gestures import Stop, case, page
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.ui.tour import Tour

_FILE = "discharge-summary.json"


def _held(tour: "Tour") -> Steps:
    """Somebody who waits, beside a person of the demo who was born a year later."""
    yield from case(tour)
    overview = tour.page.case.view.overview
    person, said_of = overview.person, importlib.import_module("mdt_desktop.services.fhir_held")
    yield from page(tour, "imports", view="bundles")
    view, now = tour.page.bundles, tour.start.clock()
    name = f"{person.family_name.upper()}, {person.given_names}"
    held = said_of.HeldPerson(
        "h", "Patient/7f3a", person.id, 9, words("fhir.held.birth_differs"), now, name, _FILE
    )
    on_file = said_of.PersonOnFile(
        person.id, person.nhs_number, person.family_name, person.given_names, person.title, person.born,
        person.gender, "12 Invented Street", "ZZ1 1ZZ", overview.person.practice_name, True,
    )  # fmt: skip
    said = said_of.PersonSaid(
        name, False, person.born.replace(year=person.born.year - 1, day=1), person.nhs_number or "", person.gender,
        "12 Invented Street", "", "",
    )  # fmt: skip
    kinds = {"AllergyIntolerance": 1, "Encounter": 1, "MedicationStatement": 6}
    # What is read of the demo would come after what is shown, and nobody of this id waits in it.
    view.work.blockSignals(True)
    view.work.compare = lambda _: None
    view.show_waiting([held])
    view._show(view._list)
    view.show_comparison(
        said_of.HeldComparison(held, said, on_file, kinds, words("imports.fhir.not_new_number"))
    )
    yield tour.settle("somebody held")


def _report(tour: "Tour", key: str) -> Steps:
    """What a file brings, with what has no place."""
    yield from case(tour)
    person = tour.page.case.view.overview.person
    name = f"{person.family_name.upper()}, {person.given_names}"
    yield from page(tour, "imports", view="bundles")
    imports: Any = importlib.import_module("mdt_desktop.services.fhir_import")
    plan: Any = importlib.import_module("mdt_desktop.services.fhir_plan")
    report = imports.ImportReport(
        _FILE, "", [
            imports.PersonReport("Patient/7f3a", "matched", person.id, "", ("email",), ("telephone",), name),
            imports.PersonReport("Patient/81c2", "held", "", words("fhir.held.no_number"), name="EXAMPLE, Ida"),
        ], {"hospital_episode": 1, "flag": 1}, 3, [], [
            plan.Told("MedicationStatement/1", words("fhir.no_home.other")),
            plan.Told("MedicationStatement/2", words("fhir.no_home.other")),
            plan.Told("Consent/c1", words("fhir.no_home.consent")),
        ], [plan.LeftOver("Encounter/e1", ("serviceProvider", "participant"))],
    )  # fmt: skip
    tour.page.bundles.show_report(report, key)
    yield tour.settle(f"a report of a file, {key}")


OTHER_SERVICES: tuple[Stop, ...] = (
    Stop("other-services-preview", partial(_report, key="preview")),
    Stop("other-services-done", partial(_report, key="done")),
    Stop("other-services-held", _held),
)
"""Every stop of this kind."""
