"""Which parameters each type of resource can be searched by, as data; the capability statement is made of it."""

from collections.abc import Mapping
from functools import cache

from mdt_desktop.central.fhir_api.fitting import Definition, Kind
from mdt_desktop.fhir.mapping import KINDS_OF

# A line a type: name, kind (t token, s string, d date, r reference), elements, and whom a reference points to.
_LINES = """
Patient             identifier t identifier
Patient             name s name
Patient             family s name.family
Patient             given s name.given
Patient             birthdate d birthDate
Patient             death-date d deceasedDateTime
Patient             gender t gender
Patient             address s address
Patient             address-postalcode s address.postalCode
Patient             telecom t telecom
Patient             general-practitioner r generalPractitioner Organization
CarePlan            patient r subject Patient
CarePlan            subject r subject Patient
CarePlan            status t status
CarePlan            date d period,created
CarePlan            category t category
CarePlan            intent t intent
CarePlan            part-of r partOf CarePlan
CarePlan            care-team r careTeam CareTeam
CareTeam            patient r subject Patient
CareTeam            subject r subject Patient
CareTeam            status t status
CareTeam            date d period,participant.period
CareTeam            category t category
CareTeam            participant r participant.member Practitioner
Task                patient r for Patient
Task                subject r for Patient
Task                status t status
Task                authored-on d authoredOn
Task                period d executionPeriod
Task                owner r owner Practitioner
Task                requester r requester Practitioner
Task                focus r focus
Task                based-on r basedOn
Task                encounter r encounter Encounter
Task                code t code
Task                intent t intent
EpisodeOfCare       patient r patient Patient
EpisodeOfCare       status t status
EpisodeOfCare       date d period
EpisodeOfCare       type t type
Flag                patient r subject Patient
Flag                subject r subject Patient
Flag                date d period
AllergyIntolerance  patient r patient Patient
AllergyIntolerance  clinical-status t clinicalStatus
AllergyIntolerance  code t code
AllergyIntolerance  onset d onsetDateTime
Condition           patient r subject Patient
Condition           subject r subject Patient
Condition           clinical-status t clinicalStatus
Condition           category t category
Condition           code t code
Goal                patient r subject Patient
Goal                subject r subject Patient
Goal                lifecycle-status t lifecycleStatus
Goal                category t category
Goal                start-date d startDate
Consent             patient r patient Patient
Consent             status t status
Consent             date d dateTime
Consent             category t category
RelatedPerson       patient r patient Patient
RelatedPerson       name s name
RelatedPerson       relationship t relationship
Practitioner        identifier t identifier
Practitioner        name s name
Practitioner        active t active
PractitionerRole    practitioner r practitioner Practitioner
PractitionerRole    organization r organization Organization
PractitionerRole    role t code
PractitionerRole    date d period
Organization        identifier t identifier
Organization        name s name
Organization        type t type
Organization        partof r partOf Organization
Organization        active t active
Appointment         date d start
Appointment         status t status
Appointment         actor r participant.actor
Appointment         patient r participant.actor Patient
Appointment         practitioner r participant.actor Practitioner
Encounter           patient r subject Patient
Encounter           subject r subject Patient
Encounter           status t status
Encounter           date d period
Encounter           class t class
Encounter           appointment r appointment Appointment
Communication       patient r subject Patient
Communication       subject r subject Patient
Communication       status t status
Communication       sent d sent
Communication       encounter r encounter Encounter
DocumentReference   patient r subject Patient
DocumentReference   subject r subject Patient
DocumentReference   status t status
DocumentReference   date d date
DocumentReference   category t category
DocumentReference   contenttype t content.attachment.contentType
ClinicalImpression  patient r subject Patient
ClinicalImpression  subject r subject Patient
ClinicalImpression  status t status
ClinicalImpression  date d effectiveDateTime,effectivePeriod,date
ClinicalImpression  encounter r encounter Encounter
QuestionnaireResponse patient r subject Patient
QuestionnaireResponse subject r subject Patient
QuestionnaireResponse status t status
QuestionnaireResponse authored d authored
QuestionnaireResponse part-of r partOf
ServiceRequest      patient r subject Patient
ServiceRequest      subject r subject Patient
ServiceRequest      status t status
ServiceRequest      authored d authoredOn
ServiceRequest      encounter r encounter Encounter
RiskAssessment      patient r subject Patient
RiskAssessment      subject r subject Patient
RiskAssessment      date d occurrenceDateTime,occurrencePeriod
Observation         patient r subject Patient
Observation         subject r subject Patient
Observation         status t status
Observation         date d effectiveDateTime,effectivePeriod
Observation         code t code
Provenance          target r target
Provenance          recorded d recorded
AuditEvent          date d recorded
AuditEvent          patient r agent.who,entity.what Patient
"""
_KINDS = {"t": Kind.TOKEN, "s": Kind.STRING, "d": Kind.DATE, "r": Kind.REFERENCE}
EVERYWHERE: Mapping[str, Definition] = {
    "_id": Definition(Kind.TOKEN, ("id",)),
    "_lastUpdated": Definition(Kind.DATE, ("meta.lastUpdated",)),
    "_tag": Definition(Kind.TOKEN, ("meta.tag",)),
    "_security": Definition(Kind.TOKEN, ("meta.security",)),
}
"""Parameters of every type."""
PEOPLE = ("patient", "subject")
"""Reference parameters that also take the NHS number of whom they point to: `patient.identifier`."""
_SAYS_WHOM = frozenset({"subject", "patient", "for"})


@cache
def definitions(type_: str) -> Mapping[str, Definition]:
    """The parameters of a type, those of every type included."""
    own = {name: it for owner, name, it in _read() if owner == type_ and type_ in KINDS_OF}
    return {**EVERYWHERE, **own}


def person_parameters(type_: str) -> tuple[str, ...]:
    """Those that say whom a resource is about: its record hangs on that person."""
    return tuple(name for name, it in definitions(type_).items() if name in PEOPLE and set(it.paths) <= _SAYS_WHOM)


def _read() -> list[tuple[str, str, Definition]]:
    found = []
    for line in _LINES.split("\n"):
        if line.strip():
            owner, name, kind, paths, *target = line.split()
            found.append((owner, name, Definition(_KINDS[kind], tuple(paths.split(",")), *target)))
    return found
