"""What the banner of the plan page says of the person."""

from datetime import date

from mdt_desktop.domain.people import FlagKind
from mdt_desktop.services.plan_desk import Overview
from mdt_desktop.ui.banner import AlertTone, BannerAlert, BannerContent
from mdt_desktop.words import label

_WARNINGS = (FlagKind.ALLERGY, FlagKind.SAFEGUARDING, FlagKind.STAFF_SAFETY, FlagKind.DO_NOT_CONTACT)


def banner_content(overview: Overview, today: date) -> BannerContent:
    """The banner of the person; what matters is left out, as the plan under it begins with that."""
    person = overview.person
    alerts = tuple(
        BannerAlert(
            f"{label(flag.kind)}: {flag.words}" if flag.words else label(flag.kind),
            AlertTone.WARNING if flag.kind in _WARNINGS else AlertTone.INFO,
        )
        for flag in overview.flags
    )
    return BannerContent(
        family_name=person.family_name,
        given_names=person.given_names,
        title=person.title,
        born=person.born,
        gender=person.gender,
        nhs_number=person.nhs_number,
        today=today,
        preferred_name=person.preferred_name,
        died=person.died,
        alerts=alerts,
    )
