"""The invented borough's organisations and the people who work in them, of every kind the source documents name."""

from collections.abc import Iterator
from dataclasses import dataclass

from mdt_desktop.demo.invented_names import DemoPractice, demo_borough, invented_people
from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.organisations import OrganisationKind, Role, discipline_of
from mdt_desktop.records import Locality, Organisation, Practice, Practitioner
from mdt_desktop.store.unit_of_work import UnitOfWork
from mdt_desktop.words import label

_NAME_SEED = 77
_DOCTORS = {Role.GP, Role.PSYCHIATRIST, Role.SECONDARY_CARE_CLINICIAN}

BOROUGH_WIDE: tuple[tuple[OrganisationKind, str, tuple[Role, ...]], ...] = (
    (OrganisationKind.ACUTE_TRUST, "Marshgate General Hospital (demo)",
     (Role.SECONDARY_CARE_CLINICIAN, Role.SECONDARY_CARE_CLINICIAN, Role.DISCHARGE_COORDINATOR)),
    (OrganisationKind.HOSPITAL_SOCIAL_WORK, "Hospital social work team (demo)", (Role.TRUSTED_ASSESSOR,)),
    (OrganisationKind.MENTAL_HEALTH_TRUST, "Marshgate Mental Health Trust (demo)",
     (Role.PSYCHOLOGIST, Role.PSYCHIATRIST, Role.MENTAL_HEALTH_LIAISON)),
    (OrganisationKind.COMMUNITY_TRUST, "Marshgate Community Therapies (demo)", (Role.SPEECH_THERAPIST,)),
    (OrganisationKind.EQUIPMENT_SERVICE, "Community equipment service (demo)",
     (Role.ASSISTIVE_TECHNOLOGY_PRESCRIBER,)),
    (OrganisationKind.INTERMEDIATE_CARE, "Intermediate care and reablement (demo)",
     (Role.REABLEMENT_WORKER, Role.REABLEMENT_WORKER)),
    (OrganisationKind.ADULT_SOCIAL_CARE, "Adult social care emergency duty team (demo)",
     (Role.APPROVED_MENTAL_HEALTH_PROFESSIONAL,)),
    (OrganisationKind.BENEFITS_SERVICE, "Welfare rights service (demo)", (Role.WELFARE_ADVISER,)),
    (OrganisationKind.HOUSING_SERVICE, "Council housing options (demo)", (Role.HOUSING_ADVISER,)),
    (OrganisationKind.VOLUNTARY, "Marshgate Dementia Friends (demo)", (Role.DEMENTIA_ADVISER,)),
    (OrganisationKind.LEARNING_DISABILITY_SERVICE, "Learning disability service (demo)", (Role.CASE_MANAGER,)),
    (OrganisationKind.GP_FEDERATION, "Marshgate GP Federation (demo)", ()),
    (OrganisationKind.PUBLIC_HEALTH, "Public health (demo)", ()),
    (OrganisationKind.LEISURE_SERVICE, "Leisure centres (demo)", ()),
    (OrganisationKind.COMMISSIONER, "Integrated care board (demo)", ()),
    (OrganisationKind.COMMISSIONING_SUPPORT, "Commissioning support (demo)", ()),
    (OrganisationKind.HEALTHWATCH, "Healthwatch Marshgate (demo)", ()),
    (OrganisationKind.AMBULANCE, "Ambulance service (demo)", ()),
    (OrganisationKind.HOUSING_PROVIDER, "Marshgate Homes (demo)", ()),
    (OrganisationKind.JOBCENTRE, "Jobcentre Marshgate (demo)", ()),
    (OrganisationKind.CARE_HOME, "Beacon House care home (demo)", ()),
)  # fmt: skip
"""Organisations that serve the whole borough, each with the roles of those who work there."""

OF_LOCALITY: tuple[tuple[OrganisationKind, str, tuple[Role, ...]], ...] = (
    (OrganisationKind.COMMUNITY_TRUST, "{locality} community health team (demo)",
     (Role.DISTRICT_NURSE_LEAD, Role.COMMUNITY_NURSE, Role.COMMUNITY_NURSE, Role.PHYSIOTHERAPIST,
      Role.OCCUPATIONAL_THERAPIST, Role.CASE_MANAGER)),
    (OrganisationKind.ADULT_SOCIAL_CARE, "{locality} adult social care (demo)",
     (Role.SOCIAL_WORKER, Role.SOCIAL_WORKER, Role.CARE_COORDINATOR)),
    (OrganisationKind.MENTAL_HEALTH_TRUST, "{locality} community mental health team (demo)",
     (Role.COMMUNITY_PSYCHIATRIC_NURSE,)),
    (OrganisationKind.VOLUNTARY, "{locality} neighbours (demo)",
     (Role.VOLUNTEER, Role.LOCAL_AREA_COORDINATOR, Role.CARE_NAVIGATOR)),
    (OrganisationKind.HOME_CARE_PROVIDER, "{locality} home care (demo)", (Role.HOME_CARE_WORKER,)),
    (OrganisationKind.GP_NETWORK, "{locality} GP network (demo)", (Role.MDT_CHAIR, Role.MDT_ADMINISTRATOR)),
)  # fmt: skip
"""Organisations of each locality, likewise."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A practitioner as the stories need them; `place` is a practice code, a locality name or empty."""

    id: str
    name: str
    role: Role
    place: str
    telephone: str


class Workforce:
    """Who works where, by role and place."""

    def __init__(self, workers: list[Worker]) -> None:
        self.workers = workers

    def one(self, role: Role, practice: DemoPractice) -> Worker | None:
        """Somebody with the role: of the practice, else of its locality, else of the borough."""
        for place in (practice.code, practice.locality_name, ""):
            found = [worker for worker in self.workers if worker.role is role and worker.place == place]
            if found:
                return found[0]
        return None


def locality_id(name: str) -> str:
    """The id of a locality, made of its name as the first start makes it."""
    return id_from("locality", name.casefold())


def practice_id(code: str) -> str:
    """The id of an invented practice."""
    return id_from("practice", code)


def write_workforce(work: UnitOfWork) -> Workforce:
    """Write localities, practices, organisations and practitioners; those that are there already are kept."""
    borough = demo_borough()
    names = iter([f"{person.given_names} {person.family_name}" for person in invented_people(600, _NAME_SEED)])
    workers: list[Worker] = []
    localities = list(dict.fromkeys(practice.locality_name for practice in borough.practices))
    here = {locality.id for locality in work.find(Locality)}
    for name in localities:
        if locality_id(name) not in here:
            work.add(Locality(id=locality_id(name), name=name))
    for practice in borough.practices:
        _write_practice(work, practice)
        for _ in range(2 if practice.list_size > 8_000 else 1):
            workers.append(_worker(work, next(names), Role.GP, practice.code, practice.telephone, len(workers)))
    for kind, name, roles in BOROUGH_WIDE:
        _write_organisation(work, kind, name, "", roles, names, workers)
    for locality in localities:
        for kind, name, roles in OF_LOCALITY:
            _write_organisation(work, kind, name.format(locality=locality), locality, roles, names, workers)
    return Workforce(workers)


def _write_practice(work: UnitOfWork, practice: DemoPractice) -> None:
    work.add(
        Practice(
            id=practice_id(practice.code),
            code=practice.code,
            name=practice.name,
            network=practice.network_name,
            locality_id=locality_id(practice.locality_name),
            list_size=practice.list_size,
            telephone=practice.telephone,
        )
    )


def _write_organisation(
    work: UnitOfWork,
    kind: OrganisationKind,
    name: str,
    locality: str,
    roles: tuple[Role, ...],
    names: Iterator[str],
    workers: list[Worker],
) -> None:
    organisation = work.add(
        Organisation(
            id=id_from("organisation", name),
            name=name,
            kind=kind,
            locality_id=locality_id(locality) if locality else None,
            telephone=_telephone(500 + len(workers)),
        )
    )
    for role in roles:
        worker = _worker(work, next(names), role, locality, "", len(workers), organisation.id)
        workers.append(worker)


def _worker(
    work: UnitOfWork, name: str, role: Role, place: str, telephone: str, number: int, organisation: str | None = None
) -> Worker:
    is_gp = organisation is None
    shown = f"Dr {name}" if role in _DOCTORS else name
    worker = Worker(id_from("practitioner", str(number)), shown, role, place, telephone or _telephone(number))
    work.add(
        Practitioner(
            id=worker.id,
            name=worker.name,
            role=role,
            discipline=discipline_of(role),
            organisation_id=organisation,
            practice_id=practice_id(place) if is_gp else None,
            locality_id=locality_id(place) if place and not is_gp else None,
            telephone=worker.telephone,
            email=f"{role.value.replace('_', '.')}.{number}@demo.example",
        )
    )
    return worker


def _telephone(number: int) -> str:
    """A number of the range that is kept free for invented use in London (020 7946 0000 to 0999)."""
    return f"020 7946 {number % 1000:04d}"


def role_words(worker: Worker) -> str:
    """The role as it stands beside a name."""
    return label(worker.role)
