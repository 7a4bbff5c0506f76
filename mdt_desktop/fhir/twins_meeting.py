"""Twins of the weekly meeting: Appointment, AppointmentResponse, Encounter, Communication, ClinicalImpression."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.meeting import AttendanceState, DecisionKind, ItemState, MeetingState, Outcome
from mdt_desktop.fhir import element_path, forms
from mdt_desktop.fhir.elements import (
    CODES,
    At,
    Body,
    Derived,
    Finer,
    Resource,
    coded,
    extension_url,
    ours,
    own_concept,
    refers,
)
from mdt_desktop.fhir.twin import Twin

_ENGLAND: Final = ZoneInfo("Europe/London")
_MEETINGS: Final = {
    MeetingState.PLANNED.value: "booked",
    MeetingState.UNDER_WAY.value: "arrived",
    MeetingState.SEALED.value: "fulfilled",
    MeetingState.CANCELLED.value: "cancelled",
}
_MEETINGS_READ: Final = dict.fromkeys(("proposed", "pending", "waitlist", "checked-in"), MeetingState.PLANNED.value)
_ATTENDANCES: Final = {
    AttendanceState.EXPECTED.value: "needs-action",
    AttendanceState.PRESENT.value: "accepted",
    AttendanceState.APOLOGIES.value: "declined",
    AttendanceState.ABSENT.value: "declined",
}
_ITEMS: Final = {
    ItemState.WAITING.value: "planned",
    ItemState.UNDER_WAY.value: "in-progress",
    ItemState.DONE.value: "finished",
    ItemState.NOTED.value: "finished",
    ItemState.PARKED.value: "onleave",
    ItemState.ROLLED_OVER.value: "cancelled",
    ItemState.REMOVED.value: "cancelled",
}
_ITEMS_READ: Final = {"arrived": "waiting", "triaged": "waiting"}
_CHAIR: Final = "participant[]"
_PARTICIPANT: Final = [{"type": [own_concept("meeting-part", "chair")], "status": "accepted"}]
_PULSE: Final = (
    "right_people", "information_ready", "persons_view_heard", "everyone_contributed", "clear_decisions",
    "time_well_used",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeetingTimes:
    """The day, the time in England and the length of a meeting, as moments at which it starts and ends."""

    @property
    def columns(self) -> tuple[str, ...]:
        return ("day", "starts_at", "length_minutes")

    def place(self, column: str) -> str:
        return "end" if column == "length_minutes" else "start"

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        try:
            start = datetime.combine(
                date.fromisoformat(body["day"]), time.fromisoformat(body["starts_at"]), _ENGLAND
            ).astimezone(UTC)
            end = start + timedelta(minutes=body["length_minutes"])
            resource["start"], resource["end"] = moment_text(start), moment_text(end)
            resource["minutesDuration"] = body["length_minutes"]
        except (KeyError, TypeError, ValueError, OverflowError):
            return

    def read(self, resource: Mapping[str, Any]) -> Body:
        if "start" not in resource:
            return {}
        start = datetime.fromisoformat(forms.MOMENT.read(resource["start"], "Appointment.start"))
        there = start.astimezone(_ENGLAND)
        told: Body = {"day": there.date().isoformat(), "starts_at": f"{there:%H:%M}"}
        if "end" in resource:
            end = datetime.fromisoformat(forms.MOMENT.read(resource["end"], "Appointment.end"))
            told["length_minutes"] = round((end - start).total_seconds() / 60)
        return told


@dataclass(frozen=True, slots=True)
class PulseValues:
    """Six taps from 1 to 5 as components of one Observation."""

    @property
    def columns(self) -> tuple[str, ...]:
        return _PULSE

    def place(self, column: str) -> str:
        return "component"

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        resource["component"] = [
            {"code": own_concept("pulse", name), "valueInteger": body[name]} for name in _PULSE if name in body
        ]

    def read(self, resource: Mapping[str, Any]) -> Body:
        told: Body = {}
        for component in element_path.entries(resource, "component", "Observation"):
            name = element_path.read(component, f"code.coding[system={ours('pulse')}].code")
            if isinstance(name, str) and name in _PULSE:
                told[name] = forms.WHOLE.read(component.get("valueInteger"), "Observation.component.value")
        return told


def _seconds(body: Mapping[str, Any]) -> dict[str, Any] | None:
    seconds = body.get("seconds")
    if not seconds:
        return None
    return {"value": seconds, "unit": "s", "system": "http://unitsofmeasure.org", "code": "s"}


def _series_status(body: Mapping[str, Any]) -> str:
    return "proposed" if body.get("active", True) else "cancelled"


MEETING: Final = (
    Twin(
        "meeting",
        "Appointment",
        (
            MeetingTimes(),
            At("purpose", "description"),
            refers("chair_id", f"{_CHAIR}.actor", "Practitioner"),
            At("state", "status", forms.codes(_MEETINGS, {**_MEETINGS_READ, "noshow": "cancelled"})),
        ),
        carries="series_id locality_id place link chaired_by began_at ended_at current_item_id next_day sealed_at"
        " sealed_by",
        fixed={"participant": _PARTICIPANT},
    ),
    Twin(
        "meeting_series",
        "Appointment",
        (
            At("name", "comment"),
            At("purpose", "description"),
            At("length_minutes", "minutesDuration", forms.WHOLE),
            Derived("status", _series_status),
        ),
        carries="locality_id weekday starts_at place link first_chaired_by health_chair_id council_chair_id"
        " quorum_chair quorum_health quorum_social_care quorum_knows_person unseen_weeks active",
        fixed={"participant": _PARTICIPANT},
    ),
    Twin(
        "attendance",
        "AppointmentResponse",
        (
            refers("meeting_id", "appointment", "Appointment"),
            refers("practitioner_id", "actor", "Practitioner"),
            At("part", "comment"),
            Finer(
                "state",
                "participantStatus",
                f"extension[url={extension_url('attendance', 'state')}].valueCode",
                _ATTENDANCES,
                also={"tentative": AttendanceState.EXPECTED.value},
            ),
        ),
        carries="mode joined_at left_at",
    ),
    Twin(
        "series_member",
        "AppointmentResponse",
        (
            refers("series_id", "appointment", "Appointment"),
            refers("practitioner_id", "actor", "Practitioner"),
            At("part", "comment"),
        ),
        fixed={"participantStatus": "needs-action"},
    ),
    Twin(
        "agenda_item",
        "Encounter",
        (
            refers("meeting_id", "appointment[]", "Appointment"),
            refers("case_id", "episodeOfCare[]", "EpisodeOfCare"),
            refers("from_item_id", "partOf", "Encounter"),
            Finer(
                "state",
                "status",
                f"extension[url={extension_url('agenda_item', 'state')}].valueCode",
                _ITEMS,
                _ITEMS_READ,
            ),
            At("question", "reasonCode[].text"),
            At("began_at", "period.start", forms.MOMENT),
            At("ended_at", "period.end", forms.MOMENT),
            coded("outcome", "type[]", Outcome),
            Derived("length", _seconds),
        ),
        carries="lane order_key minutes reasons persons_view persons_view_why_not carers_view seconds rolled_over"
        " parked_with_id parked_until removed_because quorate missing_for_quorum challenge challenge_answer added_by",
        fixed={"class": {"system": f"{CODES}/encounter-class", "code": "meeting-discussion"}},
        subject="subject",
    ),
    Twin(
        "item_presence",
        "Basic",
        (refers("item_id", "subject", "Encounter"), refers("practitioner_id", "author", "Practitioner")),
        fixed={"code": own_concept("basic", "present-at-discussion")},
    ),
    Twin(
        "meeting_note",
        "Communication",
        (
            refers("meeting_id", "about[]", "Appointment"),
            refers("item_id", "encounter", "Encounter"),
            At("words", "payload[].contentString"),
            refers("replaces_id", "inResponseTo[]", "Communication"),
            At("written_at", "sent", forms.MOMENT),
            At("written_by", "sender.display"),
        ),
        fixed={"status": "completed", "category": [own_concept("communication", "meeting-note")]},
    ),
    Twin(
        "addendum",
        "Communication",
        (
            refers("meeting_id", "about[]", "Appointment"),
            refers("item_id", "encounter", "Encounter"),
            At("words", "payload[].contentString"),
            At("written_at", "sent", forms.MOMENT),
            At("written_by", "sender.display"),
        ),
        fixed={"status": "completed", "category": [own_concept("communication", "addendum")]},
    ),
    Twin(
        "decision",
        "ClinicalImpression",
        (
            refers("item_id", "encounter", "Encounter"),
            coded("kind", "code", DecisionKind),
            At("words", "summary"),
            refers("changes_id", "previous", "ClinicalImpression"),
            At("decided_at", "date", forms.MOMENT),
            At("recorded_by", "assessor.display"),
        ),
        carries="change_reason is_agreed",
        fixed={"status": "completed"},
        subject="subject",
    ),
    Twin(
        "pulse_answer",
        "Observation",
        (refers("meeting_id", "focus[]", "Appointment"), PulseValues()),
        fixed={"status": "final", "code": own_concept("observation", "meeting-pulse")},
    ),
)
