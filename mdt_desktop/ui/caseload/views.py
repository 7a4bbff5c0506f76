"""Ways of looking at the caseload: in words, and kept in this laptop's settings without anything typed."""

from dataclasses import replace
from typing import Final

from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.risk import AT_RISK, Tier
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery, CaseloadSort
from mdt_desktop.services.coverage import Measure, people_behind
from mdt_desktop.settings import SavedView
from mdt_desktop.words import label, words

REVIEW_DAYS: Final = {"overdue": -1, "week": 7, "month": 30}
"""The choices of the review filter, in days from today."""


def review_key(wanted: CaseloadFilter) -> str:
    """The choice of the review filter that is on; empty for none."""
    return next((key for key, days in REVIEW_DAYS.items() if days == wanted.review_within), "")


def query_behind(figure: str) -> CaseloadQuery:
    """The list behind a part of the headline measure; raises ValueError for a part there is not."""
    return CaseloadQuery(people_behind(Measure(figure)))


def kept(name: str, query: CaseloadQuery) -> SavedView:
    """A view to be saved; what was typed into the search box is left out on purpose."""
    wanted = query.filter
    filters = {
        "tiers": [tier.value for tier in Tier if tier in wanted.tiers],
        "localities": sorted(wanted.localities),
        "practices": sorted(wanted.practices),
        "stages": [stage.value for stage in Stage if stage in wanted.stages],
        "lead": [wanted.lead] if wanted.lead else [],
        "review": [review_key(wanted)] if review_key(wanted) else [],
        "plan": _yes_or_no(wanted.has_plan),
        "with_lead": _yes_or_no(wanted.has_lead),
    }
    chosen = {key: tuple(found) for key, found in filters.items() if found}
    return SavedView(name, chosen, query.sort.value, query.backwards)


def opened(view: SavedView) -> CaseloadQuery:
    """The list of a saved view; a word in it that this version does not know is passed over."""
    found = view.filters

    def ids(key: str) -> frozenset[str]:
        return frozenset(found.get(key, ()))

    return CaseloadQuery(
        CaseloadFilter(
            tiers=frozenset(tier for tier in Tier if tier.value in ids("tiers")),
            localities=ids("localities"),
            practices=ids("practices"),
            stages=frozenset(stage for stage in Stage if stage.value in ids("stages")),
            lead=next(iter(found.get("lead", ())), ""),
            review_within=REVIEW_DAYS.get(next(iter(found.get("review", ())), "")),
            has_plan=_known(ids("plan")),
            has_lead=_known(ids("with_lead")),
        ),
        CaseloadSort(view.sort_by) if view.sort_by in list(CaseloadSort) else CaseloadSort.RISK,
        view.descending,
    )


def sort_words(query: CaseloadQuery) -> str:
    """How a list is sorted ("highest risk first")."""
    return words(f"caseload.sort.{query.sort.value}{'_back' if query.backwards else ''}")


def what_is_shown(query: CaseloadQuery, names: dict[str, str]) -> str:
    """Who is in a list and how it is sorted; `names` are of practices, localities and leads by id."""
    wanted = query.filter
    if wanted.at_risk_only or not wanted.tiers:
        key = "at_risk" if wanted.tiers else "everyone"
        parts = [words(f"caseload.shows.{key}")]
    else:
        parts = [", ".join(label(tier) for tier in Tier if tier in wanted.tiers)]
    parts += sorted(names[key] for key in (*wanted.localities, *wanted.practices) if key in names)
    parts += [label(stage) for stage in Stage if stage in wanted.stages]
    if wanted.lead:
        parts.append(words("caseload.shows.led_by", name=names.get(wanted.lead, "")))
    if review_key(wanted):
        parts.append(_low(words(f"caseload.filter.review.{review_key(wanted)}")))
    if wanted.has_plan is not None:
        parts.append(_low(words(f"caseload.filter.{'with' if wanted.has_plan else 'no'}_plan")))
    if wanted.has_lead is not None:
        parts.append(_low(words(f"caseload.filter.{'with' if wanted.has_lead else 'no'}_lead")))
    if wanted.text.strip():
        parts.append(words("caseload.shows.found", text=wanted.text.strip()[:60]))
    parts.append(sort_words(query))
    return ", ".join(parts)


def is_filtered(query: CaseloadQuery) -> bool:
    """Whether anything but the usual tiers narrows the list."""
    wanted = query.filter
    return replace(wanted, text="") not in (CaseloadFilter(), CaseloadFilter(tiers=frozenset(AT_RISK)))


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]


def _yes_or_no(value: bool | None) -> list[str]:
    return [] if value is None else ["with" if value else "without"]


def _known(found: frozenset[str]) -> bool | None:
    return None if not found else "with" in found
