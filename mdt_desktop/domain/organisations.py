"""The vocabulary of organisations, disciplines and roles that the source documents name (DOMAIN A11)."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is."""

    GP_PRACTICE = "gp_practice"
    GP_NETWORK = "gp_network"
    GP_FEDERATION = "gp_federation"
    ACUTE_TRUST = "acute_trust"
    COMMUNITY_TRUST = "community_trust"
    MENTAL_HEALTH_TRUST = "mental_health_trust"
    ADULT_SOCIAL_CARE = "adult_social_care"
    PUBLIC_HEALTH = "public_health"
    HOUSING_SERVICE = "housing_service"
    LEISURE_SERVICE = "leisure_service"
    BENEFITS_SERVICE = "benefits_service"
    COMMISSIONER = "commissioner"
    COMMISSIONING_SUPPORT = "commissioning_support"
    HOME_CARE_PROVIDER = "home_care_provider"
    CARE_HOME = "care_home"
    VOLUNTARY = "voluntary"
    HEALTHWATCH = "healthwatch"
    AMBULANCE = "ambulance"
    HOUSING_PROVIDER = "housing_provider"
    JOBCENTRE = "jobcentre"
    HOSPITAL_SOCIAL_WORK = "hospital_social_work"
    LEARNING_DISABILITY_SERVICE = "learning_disability_service"
    INTERMEDIATE_CARE = "intermediate_care"
    EQUIPMENT_SERVICE = "equipment_service"


class Discipline(StrEnum):
    """What kind of professional somebody is; the lead-professional rule chooses among these."""

    GP = "gp"
    NURSE = "nurse"
    THERAPIST = "therapist"
    SOCIAL_WORKER = "social_worker"
    MENTAL_HEALTH = "mental_health"
    SECONDARY_CARE = "secondary_care"
    CARE_NAVIGATOR = "care_navigator"
    CARE_WORKER = "care_worker"
    ADVISER = "adviser"
    VOLUNTARY = "voluntary"
    ADMINISTRATION = "administration"


class Role(StrEnum):
    """What somebody does in the locality (DOMAIN A11)."""

    GP = "gp"
    CASE_MANAGER = "case_manager"
    CARE_NAVIGATOR = "care_navigator"
    CARE_COORDINATOR = "care_coordinator"
    DISTRICT_NURSE_LEAD = "district_nurse_lead"
    COMMUNITY_NURSE = "community_nurse"
    PHYSIOTHERAPIST = "physiotherapist"
    OCCUPATIONAL_THERAPIST = "occupational_therapist"
    SPEECH_THERAPIST = "speech_therapist"
    PSYCHOLOGIST = "psychologist"
    PSYCHIATRIST = "psychiatrist"
    COMMUNITY_PSYCHIATRIC_NURSE = "community_psychiatric_nurse"
    SOCIAL_WORKER = "social_worker"
    APPROVED_MENTAL_HEALTH_PROFESSIONAL = "approved_mental_health_professional"
    SECONDARY_CARE_CLINICIAN = "secondary_care_clinician"
    DISCHARGE_COORDINATOR = "discharge_coordinator"
    TRUSTED_ASSESSOR = "trusted_assessor"
    REABLEMENT_WORKER = "reablement_worker"
    HOME_CARE_WORKER = "home_care_worker"
    ASSISTIVE_TECHNOLOGY_PRESCRIBER = "assistive_technology_prescriber"
    MENTAL_HEALTH_LIAISON = "mental_health_liaison"
    DEMENTIA_ADVISER = "dementia_adviser"
    LOCAL_AREA_COORDINATOR = "local_area_coordinator"
    WELFARE_ADVISER = "welfare_adviser"
    HOUSING_ADVISER = "housing_adviser"
    VOLUNTEER = "volunteer"
    MDT_CHAIR = "mdt_chair"
    MDT_ADMINISTRATOR = "mdt_administrator"


_DISCIPLINE_OF = {
    Role.GP: Discipline.GP,
    Role.CASE_MANAGER: Discipline.NURSE,
    Role.CARE_NAVIGATOR: Discipline.CARE_NAVIGATOR,
    Role.CARE_COORDINATOR: Discipline.CARE_NAVIGATOR,
    Role.DISTRICT_NURSE_LEAD: Discipline.NURSE,
    Role.COMMUNITY_NURSE: Discipline.NURSE,
    Role.PHYSIOTHERAPIST: Discipline.THERAPIST,
    Role.OCCUPATIONAL_THERAPIST: Discipline.THERAPIST,
    Role.SPEECH_THERAPIST: Discipline.THERAPIST,
    Role.PSYCHOLOGIST: Discipline.MENTAL_HEALTH,
    Role.PSYCHIATRIST: Discipline.MENTAL_HEALTH,
    Role.COMMUNITY_PSYCHIATRIC_NURSE: Discipline.MENTAL_HEALTH,
    Role.SOCIAL_WORKER: Discipline.SOCIAL_WORKER,
    Role.APPROVED_MENTAL_HEALTH_PROFESSIONAL: Discipline.SOCIAL_WORKER,
    Role.SECONDARY_CARE_CLINICIAN: Discipline.SECONDARY_CARE,
    Role.DISCHARGE_COORDINATOR: Discipline.NURSE,
    Role.TRUSTED_ASSESSOR: Discipline.SOCIAL_WORKER,
    Role.REABLEMENT_WORKER: Discipline.CARE_WORKER,
    Role.HOME_CARE_WORKER: Discipline.CARE_WORKER,
    Role.ASSISTIVE_TECHNOLOGY_PRESCRIBER: Discipline.THERAPIST,
    Role.MENTAL_HEALTH_LIAISON: Discipline.MENTAL_HEALTH,
    Role.DEMENTIA_ADVISER: Discipline.ADVISER,
    Role.LOCAL_AREA_COORDINATOR: Discipline.ADVISER,
    Role.WELFARE_ADVISER: Discipline.ADVISER,
    Role.HOUSING_ADVISER: Discipline.ADVISER,
    Role.VOLUNTEER: Discipline.VOLUNTARY,
    Role.MDT_CHAIR: Discipline.ADMINISTRATION,
    Role.MDT_ADMINISTRATOR: Discipline.ADMINISTRATION,
}


def discipline_of(role: Role) -> Discipline:
    """The discipline a role belongs to, as a first proposal when a practitioner is added."""
    return _DISCIPLINE_OF[role]
