"""Loads the invented borough into an empty store: places, people, six months of runs, cases at every stage."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from mdt_desktop.bootstrap import Program
from mdt_desktop.demo import meetings
from mdt_desktop.demo.clock import Clock
from mdt_desktop.demo.contact_log import write_log
from mdt_desktop.demo.invented_names import InventedPerson
from mdt_desktop.demo.people import PEOPLE, MonthlyJob, chosen_people, monthly_jobs
from mdt_desktop.demo.practitioners import Workforce, write_workforce
from mdt_desktop.demo.teller import Teller
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.errors import NotAllowed
from mdt_desktop.domain.risk import AT_RISK, Tier
from mdt_desktop.services import risk_write
from mdt_desktop.services.access import Access
from mdt_desktop.store import store_settings
from mdt_desktop.store.transactions import writing
from mdt_desktop.store.unit_of_work import UnitOfWork

_STAGES = (
    *(Stage.ACTIVE,) * 6,
    *(Stage.IDENTIFIED,) * 5,
    *(Stage.INVITED,) * 2,
    *(Stage.CONSENTED,) * 2,
    *(Stage.ASSESSING,) * 2,
    *(Stage.PLANNING,) * 2,
    *(Stage.REVIEW,) * 2,
    Stage.STEPPED_DOWN,
    Stage.DECLINED,
)
"""The stages in a turn that repeats over the people at risk, so that every stage is there."""

_DAYS_BEFORE = 135
_MINUTES_OF_A_DAY = 9 * 60
_LOADED = "demo.loaded"


class StoreNotEmpty(NotAllowed):
    """The demo goes into an empty store only, so that invented people never stand among real ones."""

    code = "demo_store_not_empty"


def load(program: Program, on_progress: Callable[[int, int], None] | None = None) -> int:
    """Load the borough; returns how many people it has. A store that has it whole is left as it is.

    The same people, numbers and words every time; dates are counted back from the day it is loaded. Raises
    `StoreNotEmpty` where other people, or a borough that was cut short, are in the store.
    """
    access = program.access
    if store_settings.read(access.database.writer, _LOADED) == "yes":
        return PEOPLE
    if access.database.writer.execute("SELECT EXISTS (SELECT 1 FROM person)").fetchone()[0]:
        raise StoreNotEmpty()
    report = on_progress or (lambda done, of: None)
    people = chosen_people()
    with _without_waiting(access):
        with writing(access.database) as connection:
            store_settings.write(connection, store_settings.IS_DEMO, "yes")
        with UnitOfWork(access.database, access.actor, access.clock()) as work:
            workforce = write_workforce(work)
        jobs = monthly_jobs(access.today())
        steps = len(jobs) + len(people)
        _import_runs(access, jobs, lambda done: report(done, steps))
        _tell_stories(access, workforce, people, lambda done: report(len(jobs) + done, steps))
        _hold_meetings(access, workforce, people)
        with writing(access.database) as connection:
            store_settings.write(connection, _LOADED, "yes")
    chosen_people.cache_clear()  # nothing of anybody stays in memory beside the store, not even of the invented
    return len(people)


@contextmanager
def _without_waiting(access: Access) -> Iterator[None]:
    """No waiting for the disk while the demo is loaded: if it is cut short it is simply loaded anew."""
    access.database.writer.execute("PRAGMA synchronous = OFF")
    try:
        with access.database.bulk_writes():
            yield
    finally:
        access.database.writer.execute("PRAGMA synchronous = FULL")


def _import_runs(access: Access, jobs: Sequence[MonthlyJob], report: Callable[[int], None]) -> None:
    for done, (job, counts) in enumerate(jobs, start=1):
        made = access.clock().replace(
            year=job.run_date.year, month=job.run_date.month, day=job.run_date.day, hour=7, minute=30
        )
        then = Access(access.database, access.actor, Clock(made), is_demo=True)
        risk_write.write(then, job, lambda done, of: None)
        with writing(access.database) as connection:
            connection.execute(
                "UPDATE stratification_run SET very_high = ?, high = ?, moderate = ? WHERE id = ?",
                (*counts, job.run_id),
            )
        report(done)


def _morning(access: Access) -> datetime:
    """Eight o'clock of today, so that the demo is the same whatever time of the day it is loaded at."""
    return access.clock().replace(hour=8, minute=0, second=0, microsecond=0)


def _tell_stories(
    access: Access, workforce: Workforce, people: Sequence[InventedPerson], report: Callable[[int], None]
) -> None:
    known = {
        (family, given, born): (person_id, case_id)
        for family, given, born, person_id, case_id in access.database.writer.execute(
            "SELECT family_name, given_names, born, person.id, person_case.id FROM person"
            " LEFT JOIN person_case ON person_case.person_id = person.id"
        )
    }
    turn = 0
    for done, person in enumerate(people, start=1):
        found = known.get((person.family_name, person.given_names, person.born.isoformat()))
        if found is not None and found[1] is not None and person.tier in AT_RISK:
            stage = _STAGES[turn % len(_STAGES)]
            turn += 1
            clock = Clock(_morning(access) - timedelta(days=_DAYS_BEFORE - turn % 50))
            clock.forward(minutes=7 * turn % _MINUTES_OF_A_DAY)
            then = Access(access.database, access.actor, clock, is_demo=True)
            Teller(then, clock, workforce).tell(person, found[0], found[1], stage)
            if stage is Stage.ACTIVE and person.tier is Tier.VERY_HIGH:
                write_log(access, _morning(access), found[1], turn)
        report(done)


def _hold_meetings(access: Access, workforce: Workforce, people: Sequence[InventedPerson]) -> None:
    clock = Clock(access.clock())
    then = Access(access.database, access.actor, clock, is_demo=True)
    meetings.hold(then, clock, workforce, people, access.today())
