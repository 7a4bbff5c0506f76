"""What the banner says of a person, made of what the services tell; every page that shows a banner asks here."""

from collections.abc import Sequence
from datetime import date

from mdt_desktop.domain.people import FlagKind
from mdt_desktop.services.case_file import FlagSummary, PersonSummary
from mdt_desktop.ui.banner import AlertTone, BannerAlert, BannerContent
from mdt_desktop.words import label, words

_WARNINGS = frozenset({FlagKind.ALLERGY, FlagKind.SAFEGUARDING, FlagKind.STAFF_SAFETY, FlagKind.DO_NOT_CONTACT})


def flag_words(flag: FlagSummary) -> str:
    """An alert in words: its kind, then what was added."""
    if flag.kind is FlagKind.OTHER and flag.words:
        return flag.words
    return f"{label(flag.kind)}: {flag.words}" if flag.words else label(flag.kind)


def _number_in_doubt(person: PersonSummary) -> tuple[BannerAlert, ...]:
    if not person.number_in_doubt:
        return ()
    detail = words("ui.banner.number_in_doubt_tip")
    return (BannerAlert(words("ui.banner.number_in_doubt"), AlertTone.WARNING, detail),)


def _not_settled(fields: Sequence[str]) -> tuple[BannerAlert, ...]:
    if not fields:
        return ()
    text = words("banner.unsettled", fields=", ".join(dict.fromkeys(fields)))
    return (BannerAlert(text, AlertTone.WARNING, words("banner.unsettled_tip")),)


def banner_content(
    person: PersonSummary,
    flags: Sequence[FlagSummary],
    today: date,
    what_matters: str = "",
    *,
    restricted: bool = False,
    unsettled: Sequence[str] = (),
) -> BannerContent:
    """Only who they are on `today`, their alerts and their own words; a page that begins with those leaves them out.

    `unsettled` are fields that two people recorded differently and nobody has decided.

    That a record is restricted stands before every other alert, for whoever looks over one's shoulder.
    """
    first = (BannerAlert(words("banner.restricted"), AlertTone.WARNING, words("case.restricted.about")),)
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
        alerts=(
            *(first if restricted else ()),
            *(
                BannerAlert(flag_words(flag), AlertTone.WARNING if flag.kind in _WARNINGS else AlertTone.INFO)
                for flag in flags
            ),
            *_number_in_doubt(person),
            *_not_settled(unsettled),
        ),
        what_matters=what_matters,
    )
