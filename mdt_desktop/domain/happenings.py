"""What happens to a person between meetings: hospital, a carer's crisis, a contingency, a handover (DOMAIN A7, D18)."""

from datetime import date
from enum import StrEnum

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.errors import BadInput, NotAllowed


class HappeningKind(StrEnum):
    """What a meeting should hear of."""

    CARER_CRISIS = "carer_crisis"
    CONTINGENCY_TRIGGERED = "contingency_triggered"


class HandoverState(StrEnum):
    """A handover is understood only when the receiver has said the need back and the sender agrees."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    UNDERSTOOD = "understood"


class HappenedInFuture(BadInput):
    """Something cannot have happened on a day to come. Values: `day`."""

    code = "happened_in_future"


class DischargedBeforeAdmitted(BadInput):
    """Nobody leaves hospital before they came. Values: `admitted`, `discharged`."""

    code = "discharged_before_admitted"


class HandoverNeedsWords(BadInput):
    """A handover says the need and what happens next for the person."""

    code = "handover_needs_words"


class NotSaidBack(NotAllowed):
    """A handover is not understood before the receiver has said the need back."""

    code = "not_said_back"


def require_happened(day: date, today: date) -> None:
    """Raise `HappenedInFuture`."""
    if day > today:
        raise HappenedInFuture(day=cui_date(day))


def require_stay(admitted: date, discharged: date | None, today: date) -> None:
    """Raise `HappenedInFuture` or `DischargedBeforeAdmitted`."""
    require_happened(discharged or admitted, today)
    if discharged is not None and discharged < admitted:
        raise DischargedBeforeAdmitted(admitted=cui_date(admitted), discharged=cui_date(discharged))
