"""The caseload: filters, sorts and finds people among a whole borough as fast as one can type."""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING

from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.risk import AT_RISK
from mdt_desktop.services.access import Access
from mdt_desktop.services.closed_records import Scope, ScopeReading
from mdt_desktop.services.rights import rights_over
from mdt_desktop.services.shared_view import plan_as_shared
from mdt_desktop.store import caseload_index, search
from mdt_desktop.store.queries import care_plans, caseload
from mdt_desktop.store.queries.caseload import CaseloadFilter, CaseloadRow, CaseloadSort
from mdt_desktop.store.search import Search

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = [
    "PEOPLE_AT_RISK",
    "Caseload",
    "CaseloadFilter",
    "CaseloadPage",
    "CaseloadPreview",
    "CaseloadQuery",
    "CaseloadRow",
    "CaseloadSort",
    "CaseloadStart",
    "Listing",
    "NextStep",
    "next_step",
]

PEOPLE_AT_RISK = CaseloadFilter(tiers=frozenset(AT_RISK))
"""The list the program opens with."""

# Measured at 261,536 people: whom a search finds is known in 1 ms for every 10,000 of them, and their places in the
# list in half as long. Words that fit more than one in four are met thirty times within some 120 steps down the list.
_MANY = 1 / 4
_STEPS = 400
_FEW = 8_000
_WALKED = (CaseloadSort.RISK, CaseloadSort.NAME)
"""The sorts that stand in an index of their own: a list is walked there without being put in order first."""
_ORDERS_KEPT = 3


class NextStep(StrEnum):
    """What a person is waiting for, from the stage of the case and what is there."""

    NONE = "none"
    OPEN_CASE = "open_case"
    INVITE = "invite"
    ASK_CONSENT = "ask_consent"
    BEGIN_ASSESSMENT = "begin_assessment"
    FINISH_ASSESSMENT = "finish_assessment"
    AGREE_PLAN = "agree_plan"
    AGREE_LEAD = "agree_lead"
    REVIEW = "review"
    REVIEW_LATE = "review_late"
    FINISH_REVIEW = "finish_review"


_STEP_OF_STAGE = {
    Stage.IDENTIFIED: NextStep.INVITE,
    Stage.INVITED: NextStep.ASK_CONSENT,
    Stage.CONSENTED: NextStep.BEGIN_ASSESSMENT,
    Stage.ASSESSING: NextStep.FINISH_ASSESSMENT,
    Stage.REVIEW: NextStep.FINISH_REVIEW,
    Stage.STEPPED_DOWN: NextStep.NONE,
    Stage.DECLINED: NextStep.NONE,
}


def next_step(row: CaseloadRow, today: date) -> NextStep:
    """The one thing to do next for a person; nothing for somebody who has died or whose record is shut."""
    if row.died is not None or row.closed:
        return NextStep.NONE
    if row.stage is None:
        return NextStep.OPEN_CASE if row.tier in AT_RISK else NextStep.NONE
    if row.stage in _STEP_OF_STAGE:
        return _STEP_OF_STAGE[row.stage]
    if not row.has_plan:
        return NextStep.AGREE_PLAN
    if not row.lead_name:
        return NextStep.AGREE_LEAD
    late = row.review_due is not None and row.review_due < today
    return NextStep.REVIEW_LATE if late else NextStep.REVIEW


@dataclass(frozen=True, slots=True)
class CaseloadQuery:
    """A list: who is in it and how it is sorted; `backwards` turns the usual way round (highest risk first)."""

    filter: CaseloadFilter = PEOPLE_AT_RISK
    sort: CaseloadSort = CaseloadSort.RISK
    backwards: bool = False


class Listing:
    """Everybody in a list in final order, as the index's own numbers; rows are read when they are shown.

    Of people found by words it knows the places in the list, and puts them in order when more than the first is asked.
    """

    def __init__(self, query: CaseloadQuery, order: "array[int]", places: list[int] | None = None) -> None:
        """All of `order`, or those who stand at some places of it."""
        self.query = query
        self.total = len(order if places is None else places)
        self._order, self._unsorted = order, places
        self._places: array[int] | None = None

    def numbers(self, first: int, count: int) -> Sequence[int]:
        """The numbers of some people of the list; in one thread at a time."""
        if self._unsorted is None and self._places is None:
            return self._order[first : first + count]
        if self._unsorted is not None:
            if first == 0 and count < self.total:
                return [self._order[place] for place in nsmallest(count, self._unsorted)]
            self._places, self._unsorted = array("i", sorted(self._unsorted)), None
        places = self._places or ()
        return [self._order[place] for place in places[first : first + count]]


@dataclass(frozen=True, slots=True)
class CaseloadStart:
    """The top of a list, at once; `listing` is None where the whole list is still to be asked for."""

    rows: tuple[CaseloadRow, ...]
    listing: Listing | None


@dataclass(frozen=True, slots=True)
class CaseloadPage:
    """A piece of a list and how long the list is."""

    rows: tuple[CaseloadRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class CaseloadPreview:
    """One person beside the list: the row, and what matters most to them in their own words (empty: not asked)."""

    row: CaseloadRow
    words: str
    step: NextStep


@dataclass(slots=True)
class _Order:
    """A list without its text, kept for as long as the caseload is the same: found people are sorted by place in it."""

    version: int
    numbers: "array[int]"
    last_number: int
    places: "array[int]" = field(default_factory=lambda: array("i"))

    def place_of(self) -> "array[int]":
        """The place of each person by number, -1 for those not in the list."""
        if not self.places:
            self.places = array("i", [-1]) * (self.last_number + 1)
            for place, number in enumerate(self.numbers):
                self.places[number] = place
        return self.places

    def listing(self, query: CaseloadQuery, found: list[int]) -> Listing:
        """Those of some people who are in the list."""
        place_of = self.place_of().__getitem__
        return Listing(query, self.numbers, [place for place in map(place_of, found) if place >= 0])


_Key = tuple[CaseloadQuery, date, Scope]


def _always() -> bool:
    return True


class Caseload:
    """The questions about lists of people; every method reads, on one thread at a time.

    A partner finds only whom something is shared of, and by their risk only whose risk is. Of somebody whose
    restricted record is shut to the user only the name is told: they stand in no filtered list, which would tell
    more, and last in that of everybody.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._scopes = ScopeReading(access)
        self._orders: OrderedDict[_Key, _Order] = OrderedDict()

    def start(self, query: CaseloadQuery, limit: int = 30) -> CaseloadStart:
        """The first rows of a list as fast as can be: what is painted after a key was pressed."""
        wanted = search.read(query.filter.text)
        with caseload.one_moment(self._access.database.reader) as connection:
            scope = self._scopes.scope(connection)
            if wanted:
                return self._start_of_search(connection, query, wanted, limit, scope)
            kept = self._kept(connection, query, scope)
            if kept is not None:
                return self._top(connection, Listing(query, kept.numbers), limit, scope)
            return CaseloadStart(self._shown(connection, self._first(connection, query, limit, scope), scope), None)

    def listing(self, query: CaseloadQuery, still_wanted: Callable[[], bool] = _always) -> Listing | None:
        """The whole list. `still_wanted` is asked every few milliseconds; None once it says no."""
        wanted = search.read(query.filter.text)
        with caseload.one_moment(self._access.database.reader) as connection:
            order = self._order(connection, query, still_wanted, self._scopes.scope(connection))
            if order is None:
                return None
            # Made here, in the pause after a list was shown, so that the first key typed does not wait for it.
            order.place_of()
            if not wanted:
                return Listing(query, order.numbers)
            found = caseload.found_numbers(connection, wanted, still_wanted)
            return None if found is None else order.listing(query, found)

    def rows(self, listing: Listing, first: int, count: int) -> list[CaseloadRow]:
        """Some rows of a list, as they are now."""
        return list(self._rows(listing.numbers(first, count)))

    def page(self, query: CaseloadQuery, offset: int = 0, limit: int = 60) -> CaseloadPage:
        """A piece of a list with its whole length, for a caller that asks once."""
        listing = self.listing(query)
        if listing is None:
            return CaseloadPage((), 0)
        return CaseloadPage(tuple(self.rows(listing, offset, limit)), listing.total)

    def count(self, wanted: CaseloadFilter) -> int:
        """How many people are in a list."""
        listing = self.listing(CaseloadQuery(wanted))
        return 0 if listing is None else listing.total

    def registered(self) -> int:
        """How many people the store holds."""
        return caseload_index.registered(self._access.database.reader)

    def recent(self, limit: int = 8) -> list[CaseloadRow]:
        """The people whose case this user looked at last, the latest first."""
        connection = self._access.database.reader
        return list(self._rows(caseload.recently_viewed(connection, self._access.actor.practitioner_id, limit)))

    def start_of_everybody(self, limit: int = 300) -> list[CaseloadRow]:
        """Those at highest risk among everybody."""
        return list(self.page(CaseloadQuery(CaseloadFilter()), 0, limit).rows)

    def preview(self, person_id: str) -> CaseloadPreview | None:
        """One person beside the list; None where they are no longer there."""
        connection = self._access.database.reader
        number = caseload.number_of(connection, person_id)
        rows = self._rows([number]) if number is not None else ()
        if not rows:
            return None
        if rows[0].closed:
            return CaseloadPreview(rows[0], "", NextStep.NONE)
        rights = rights_over(self._access, person_id, connection)
        sees_plan = rows[0].case_id and rights.may(Permission.SEE_PLAN)
        versions = care_plans.versions(connection, rows[0].case_id) if sees_plan else []
        latest = next((it for it in versions if it.status == "agreed"), versions[0] if versions else None)
        plan = plan_as_shared(care_plans.plan(connection, latest.id), rights.parts) if latest else None
        said = plan.about_me["most_important"] if plan else ""
        return CaseloadPreview(rows[0], said, next_step(rows[0], self._access.today()))

    def _start_of_search(
        self, connection: "Connection", query: CaseloadQuery, wanted: Search, limit: int, scope: Scope
    ) -> CaseloadStart:
        order = self._order(connection, query, _always, scope) or _Order(0, array("i"), 0)
        initials = wanted.initials if query.sort in _WALKED else 0
        many = _FEW if initials else max(_FEW, round(order.last_number * _MANY))
        found = caseload.found_numbers(connection, wanted, _always, many + 1) or []
        if len(found) > many:
            if initials:
                numbers = self._first(connection, query, limit, scope, initials)
            else:
                numbers = list(islice(caseload.fitting(connection, wanted, order.numbers[:_STEPS]), limit))
            if initials or len(numbers) == limit:
                return CaseloadStart(self._shown(connection, numbers, scope), None)
            # Those found stand low in the list, as the young do in a list by risk: there is no short way.
            found = caseload.found_numbers(connection, wanted, _always) or []
        return self._top(connection, order.listing(query, found), limit, scope)

    def _top(self, connection: "Connection", listing: Listing, limit: int, scope: Scope) -> CaseloadStart:
        return CaseloadStart(self._shown(connection, listing.numbers(0, limit), scope), listing)

    def _first(
        self, connection: "Connection", query: CaseloadQuery, limit: int, scope: Scope, initials: int = 0
    ) -> list[int]:
        return caseload.first_numbers(
            connection, query.filter, query.sort, backwards=query.backwards, today=self._access.today(), limit=limit,
            initials=initials, only=_findable(query, scope), without=scope.closed,
        )  # fmt: skip

    def _key(self, query: CaseloadQuery, scope: Scope) -> _Key:
        return replace(query, filter=replace(query.filter, text="")), self._access.today(), scope

    def _kept(self, connection: "Connection", query: CaseloadQuery, scope: Scope) -> _Order | None:
        """The list without its text, if it is kept and nothing changed since."""
        kept = self._orders.get(self._key(query, scope))
        if kept is None or kept.version != caseload_index.version(connection):
            return None
        return kept

    def _order(
        self, connection: "Connection", query: CaseloadQuery, still_wanted: Callable[[], bool], scope: Scope
    ) -> _Order | None:
        kept = self._kept(connection, query, scope)
        key = self._key(query, scope)
        if kept is None:
            version = caseload_index.version(connection)
            bare, today, _ = key
            numbers = caseload.all_numbers(
                connection, bare.filter, bare.sort, backwards=bare.backwards, today=today, still_wanted=still_wanted
            )
            if numbers is None:
                return None
            numbers = _within(connection, numbers, bare, scope)
            kept = self._orders[key] = _Order(version, numbers, caseload.last_number(connection))
        self._orders.move_to_end(key)
        while len(self._orders) > _ORDERS_KEPT:
            self._orders.popitem(last=False)
        return kept

    def _rows(self, numbers: Sequence[int]) -> tuple[CaseloadRow, ...]:
        connection = self._access.database.reader
        return self._shown(connection, numbers, self._scopes.scope(connection))

    def _shown(self, connection: "Connection", numbers: Sequence[int], scope: Scope) -> tuple[CaseloadRow, ...]:
        """The rows of some people as the user may see them; who is out of scope is left out."""
        if not scope.restricted and scope.only is None:
            return tuple(caseload.rows(connection, numbers))
        found = caseload.rows_by_number(connection, numbers)
        return tuple(
            _as_seen(found[number], number, scope)
            for number in numbers
            if number in found and (scope.only is None or number in scope.only)
        )


def _findable(query: CaseloadQuery, scope: Scope) -> frozenset[int] | None:
    """Whom a partner finds in a list by its order; None for everybody."""
    by_risk = query.filter.tiers or query.sort is CaseloadSort.RISK
    return scope.with_risk if scope.only is not None and by_risk else scope.only


def _within(connection: "Connection", numbers: "array[int]", query: CaseloadQuery, scope: Scope) -> "array[int]":
    """A list without those whom the user does not find in it.

    Whoever's place among the others, by risk or by stage, would tell what the user may not know stands at the end.
    """
    findable = _findable(query, scope)
    last: frozenset[int] = frozenset()
    if findable is not None:
        kept = array("i", [number for number in numbers if number in findable])
        if not query.filter.tiers:
            last = (scope.only or frozenset()) - findable
            last &= frozenset(numbers)
    elif scope.closed:
        kept = array("i", [number for number in numbers if number not in scope.closed])
        if query.filter == CaseloadFilter():
            last = scope.closed
    else:
        return numbers
    kept.extend(caseload.by_name(connection, last))
    return kept


def _as_seen(row: CaseloadRow, number: int, scope: Scope) -> CaseloadRow:
    if scope.only is not None and number not in scope.with_risk:
        row = replace(row, tier=None, score=None, trend=())
    if number not in scope.closed:
        return replace(row, restricted=number in scope.restricted)
    return CaseloadRow(
        row.person_id, "", row.family_name, row.given_names, row.title, "", None, None, Gender.NOT_KNOWN, None, None,
        (), "", "", "", None, "", False, None, restricted=True, closed=True,
    )  # fmt: skip
