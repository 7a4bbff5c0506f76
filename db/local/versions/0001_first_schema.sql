CREATE TABLE audit_entry (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at VARCHAR(24) NOT NULL,
    actor_id VARCHAR(36) NOT NULL,
    actor VARCHAR(200) NOT NULL,
    action VARCHAR(50) NOT NULL,
    kind VARCHAR(50) NOT NULL,
    record_id VARCHAR(64) NOT NULL,
    person_id VARCHAR(36),
    fields VARCHAR(2000) NOT NULL,
    reason VARCHAR(2000) NOT NULL,
    prev_hash VARCHAR(64) NOT NULL,
    hash VARCHAR(64) NOT NULL
);

CREATE INDEX ix_audit_entry_person_id ON audit_entry (person_id);

CREATE TABLE locality (
    id VARCHAR(36) NOT NULL,
    name VARCHAR(100) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE outbox (
    op_no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    group_no INTEGER NOT NULL,
    user_id VARCHAR(36) NOT NULL,
    device_id VARCHAR(36) NOT NULL,
    bucket VARCHAR(36) NOT NULL,
    type VARCHAR(50) NOT NULL,
    id VARCHAR(36) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    base_ver INTEGER NOT NULL,
    set_json VARCHAR NOT NULL,
    made_at_local VARCHAR(24) NOT NULL,
    made_mono INTEGER NOT NULL,
    boot_id VARCHAR(36) NOT NULL,
    schema_no INTEGER NOT NULL,
    status VARCHAR(20) NOT NULL,
    attempts INTEGER NOT NULL,
    last_error VARCHAR(200) NOT NULL
);

CREATE INDEX ix_outbox_group_no ON outbox (group_no);

CREATE INDEX ix_outbox_id ON outbox (id);

CREATE TABLE setting (
    "key" VARCHAR(100) NOT NULL,
    value VARCHAR(10000) NOT NULL,
    PRIMARY KEY ("key")
);

CREATE TABLE sync_record (
    type VARCHAR(50) NOT NULL,
    id VARCHAR(36) NOT NULL,
    bucket VARCHAR(36) NOT NULL,
    ver INTEGER NOT NULL,
    base_json VARCHAR NOT NULL,
    state VARCHAR(20) NOT NULL,
    server_seq INTEGER,
    PRIMARY KEY (type, id)
);

CREATE TABLE organisation (
    id VARCHAR(36) NOT NULL,
    name VARCHAR(200) NOT NULL,
    kind VARCHAR(27) NOT NULL,
    locality_id VARCHAR,
    telephone VARCHAR(50) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT organisationkind CHECK (kind IN ('gp_practice', 'gp_network', 'gp_federation', 'acute_trust', 'community_trust', 'mental_health_trust', 'adult_social_care', 'public_health', 'housing_service', 'leisure_service', 'benefits_service', 'commissioner', 'commissioning_support', 'home_care_provider', 'care_home', 'voluntary', 'healthwatch', 'ambulance', 'housing_provider', 'jobcentre', 'hospital_social_work', 'learning_disability_service', 'intermediate_care', 'equipment_service')),
    FOREIGN KEY(locality_id) REFERENCES locality (id)
);

CREATE TABLE practice (
    id VARCHAR(36) NOT NULL,
    code VARCHAR(20) NOT NULL,
    name VARCHAR(200) NOT NULL,
    network VARCHAR(200) NOT NULL,
    locality_id VARCHAR NOT NULL,
    list_size INTEGER NOT NULL,
    telephone VARCHAR(50) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT list_size_not_negative CHECK (list_size >= 0),
    UNIQUE (code),
    FOREIGN KEY(locality_id) REFERENCES locality (id)
);

CREATE INDEX ix_practice_locality_id ON practice (locality_id);

CREATE TABLE person (
    id VARCHAR(36) NOT NULL,
    nhs_number VARCHAR(10),
    nhs_number_status VARCHAR(18) NOT NULL,
    family_name VARCHAR(100) NOT NULL,
    given_names VARCHAR(100) NOT NULL,
    title VARCHAR(35) NOT NULL,
    preferred_name VARCHAR(100) NOT NULL,
    born DATE NOT NULL,
    died DATE,
    gender VARCHAR(9) NOT NULL,
    address VARCHAR(500) NOT NULL,
    postcode VARCHAR(10) NOT NULL,
    telephone VARCHAR(50) NOT NULL,
    email VARCHAR(200) NOT NULL,
    language VARCHAR(60) NOT NULL,
    ethnicity VARCHAR(60) NOT NULL,
    religion VARCHAR(60) NOT NULL,
    practice_id VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT nhs_number_ten CHECK (nhs_number IS NULL OR length(nhs_number) = 10),
    UNIQUE (nhs_number),
    CONSTRAINT nhsnumberstatus CHECK (nhs_number_status IN ('verified', 'present_not_traced', 'not_present', 'trace_not_required')),
    CONSTRAINT gender CHECK (gender IN ('female', 'male', 'other', 'not_known')),
    FOREIGN KEY(practice_id) REFERENCES practice (id)
);

CREATE INDEX ix_person_practice_id ON person (practice_id);

CREATE TABLE practitioner (
    id VARCHAR(36) NOT NULL,
    name VARCHAR(200) NOT NULL,
    role VARCHAR(35) NOT NULL,
    discipline VARCHAR(14) NOT NULL,
    organisation_id VARCHAR,
    practice_id VARCHAR,
    locality_id VARCHAR,
    telephone VARCHAR(50) NOT NULL,
    email VARCHAR(200) NOT NULL,
    active BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT role CHECK (role IN ('gp', 'case_manager', 'care_navigator', 'care_coordinator', 'district_nurse_lead', 'community_nurse', 'physiotherapist', 'occupational_therapist', 'speech_therapist', 'psychologist', 'psychiatrist', 'community_psychiatric_nurse', 'social_worker', 'approved_mental_health_professional', 'secondary_care_clinician', 'discharge_coordinator', 'trusted_assessor', 'reablement_worker', 'home_care_worker', 'assistive_technology_prescriber', 'mental_health_liaison', 'dementia_adviser', 'local_area_coordinator', 'welfare_adviser', 'housing_adviser', 'volunteer', 'mdt_chair', 'mdt_administrator')),
    CONSTRAINT discipline CHECK (discipline IN ('gp', 'nurse', 'therapist', 'social_worker', 'mental_health', 'secondary_care', 'care_navigator', 'care_worker', 'adviser', 'voluntary', 'administration')),
    FOREIGN KEY(organisation_id) REFERENCES organisation (id),
    FOREIGN KEY(practice_id) REFERENCES practice (id),
    FOREIGN KEY(locality_id) REFERENCES locality (id)
);

CREATE TABLE stratification_run (
    id VARCHAR(36) NOT NULL,
    practice_id VARCHAR NOT NULL,
    run_date DATE NOT NULL,
    tool VARCHAR(100) NOT NULL,
    tool_version VARCHAR(50) NOT NULL,
    approach VARCHAR(10) NOT NULL,
    approach_words VARCHAR(2000) NOT NULL,
    list_size INTEGER NOT NULL,
    very_high INTEGER NOT NULL,
    high INTEGER NOT NULL,
    moderate INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    held INTEGER NOT NULL,
    file_sha256 VARCHAR(64) NOT NULL,
    imported_at VARCHAR(24) NOT NULL,
    imported_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(practice_id) REFERENCES practice (id),
    CONSTRAINT tierapproach CHECK (approach IN ('percentile', 'file_tier', 'cut_off'))
);

CREATE INDEX ix_stratification_run_file_sha256 ON stratification_run (file_sha256);

CREATE UNIQUE INDEX stratification_run_practice_date ON stratification_run (practice_id, run_date);

CREATE TABLE consent (
    id VARCHAR(36) NOT NULL,
    person_id VARCHAR NOT NULL,
    status VARCHAR(14) NOT NULL,
    basis VARCHAR(18),
    shared_with VARCHAR(2000) NOT NULL,
    shared_what VARCHAR(2000) NOT NULL,
    evidence VARCHAR(2000) NOT NULL,
    decided_by VARCHAR(200) NOT NULL,
    decided_on DATE NOT NULL,
    recorded_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT consentstatus CHECK (status IN ('not_asked', 'given', 'refused', 'withdrawn', 'lacks_capacity')),
    CONSTRAINT consentbasis CHECK (basis IN ('signed', 'spoken', 'best_interests', 'attorney_or_deputy', 'duty_to_share'))
);

CREATE INDEX ix_consent_person_id ON consent (person_id);

CREATE TABLE flag (
    id VARCHAR(36) NOT NULL,
    person_id VARCHAR NOT NULL,
    kind VARCHAR(14) NOT NULL,
    words VARCHAR(300) NOT NULL,
    since DATE,
    until DATE,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT flagkind CHECK (kind IN ('allergy', 'lives_alone', 'key_safe', 'hearing', 'sight', 'interpreter', 'safeguarding', 'staff_safety', 'do_not_contact', 'other'))
);

CREATE INDEX ix_flag_person_id ON flag (person_id);

CREATE TABLE held_row (
    id VARCHAR(36) NOT NULL,
    run_id VARCHAR NOT NULL,
    person_id VARCHAR,
    line INTEGER NOT NULL,
    row_json VARCHAR NOT NULL,
    reason VARCHAR(100) NOT NULL,
    decision VARCHAR(100) NOT NULL,
    decided_at VARCHAR(24),
    decided_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(run_id) REFERENCES stratification_run (id),
    FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_held_row_run_id ON held_row (run_id);

CREATE TABLE person_case (
    id VARCHAR(36) NOT NULL,
    person_id VARCHAR NOT NULL,
    stage VARCHAR(12) NOT NULL,
    stage_since DATE NOT NULL,
    opened_on DATE NOT NULL,
    complexity VARCHAR(12) NOT NULL,
    primary_need VARCHAR(25) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (person_id),
    FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT stage CHECK (stage IN ('identified', 'invited', 'consented', 'assessing', 'planning', 'active', 'review', 'stepped_down', 'declined')),
    CONSTRAINT complexity CHECK (complexity IN ('not_recorded', 'moderate', 'complex')),
    CONSTRAINT primaryneed CHECK (primary_need IN ('not_recorded', 'medical', 'nursing', 'mobility_and_daily_living', 'social', 'mental_health', 'hospital_condition'))
);

CREATE TABLE personal_contact (
    id VARCHAR(36) NOT NULL,
    person_id VARCHAR NOT NULL,
    name VARCHAR(200) NOT NULL,
    relationship VARCHAR(100) NOT NULL,
    relation VARCHAR(19) NOT NULL,
    telephone VARCHAR(50) NOT NULL,
    email VARCHAR(200) NOT NULL,
    may_be_contacted BOOLEAN NOT NULL,
    comments VARCHAR(2000) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT contactrelation CHECK (relation IN ('carer', 'next_of_kin', 'emergency_contact', 'dependant', 'neighbour_or_friend', 'other'))
);

CREATE INDEX ix_personal_contact_person_id ON personal_contact (person_id);

CREATE TABLE risk_score (
    id VARCHAR(36) NOT NULL,
    person_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    score FLOAT,
    rank INTEGER,
    tier VARCHAR(9) NOT NULL,
    emergency_admissions INTEGER,
    long_term_conditions VARCHAR(1000) NOT NULL,
    frailty_index FLOAT,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES person (id),
    FOREIGN KEY(run_id) REFERENCES stratification_run (id),
    CONSTRAINT tier CHECK (tier IN ('very_high', 'high', 'moderate', 'below'))
);

CREATE UNIQUE INDEX risk_score_person_run ON risk_score (person_id, run_id);

CREATE TABLE assessment (
    id VARCHAR(36) NOT NULL,
    case_id VARCHAR NOT NULL,
    questionnaire VARCHAR(200) NOT NULL,
    questionnaire_version VARCHAR(50) NOT NULL,
    status VARCHAR(11) NOT NULL,
    started_at VARCHAR(24) NOT NULL,
    started_by VARCHAR(200) NOT NULL,
    completed_at VARCHAR(24),
    unsigned_reason VARCHAR(1000) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(case_id) REFERENCES person_case (id),
    CONSTRAINT assessmentstatus CHECK (status IN ('in_progress', 'completed', 'amended'))
);

CREATE INDEX ix_assessment_case_id ON assessment (case_id);

CREATE TABLE care_plan (
    id VARCHAR(36) NOT NULL,
    case_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    status VARCHAR(10) NOT NULL,
    started_at VARCHAR(24) NOT NULL,
    started_by VARCHAR(200) NOT NULL,
    most_important VARCHAR(20000) NOT NULL,
    important_people VARCHAR(20000) NOT NULL,
    communication VARCHAR(20000) NOT NULL,
    wellness VARCHAR(20000) NOT NULL,
    please_do VARCHAR(20000) NOT NULL,
    support VARCHAR(20000) NOT NULL,
    also_worth_knowing VARCHAR(20000) NOT NULL,
    supported_by VARCHAR(200) NOT NULL,
    strengths VARCHAR(20000) NOT NULL,
    funding VARCHAR(200) NOT NULL,
    agreed_with VARCHAR(18),
    agreed_name VARCHAR(200) NOT NULL,
    agreed_role VARCHAR(200) NOT NULL,
    agreed_on DATE,
    agreed_by VARCHAR(200) NOT NULL,
    review_due DATE,
    reviewer_id VARCHAR,
    PRIMARY KEY (id),
    FOREIGN KEY(case_id) REFERENCES person_case (id),
    CONSTRAINT planstatus CHECK (status IN ('draft', 'agreed', 'superseded')),
    CONSTRAINT agreedwith CHECK (agreed_with IN ('person', 'attorney_or_deputy', 'best_interests')),
    FOREIGN KEY(reviewer_id) REFERENCES practitioner (id)
);

CREATE UNIQUE INDEX care_plan_case_version ON care_plan (case_id, version);

CREATE TABLE care_team_member (
    id VARCHAR(36) NOT NULL,
    case_id VARCHAR NOT NULL,
    practitioner_id VARCHAR NOT NULL,
    part VARCHAR(200) NOT NULL,
    joined DATE NOT NULL,
    "left" DATE,
    PRIMARY KEY (id),
    FOREIGN KEY(case_id) REFERENCES person_case (id),
    FOREIGN KEY(practitioner_id) REFERENCES practitioner (id)
);

CREATE INDEX ix_care_team_member_case_id ON care_team_member (case_id);

CREATE TABLE lead_allocation (
    id VARCHAR(36) NOT NULL,
    case_id VARCHAR NOT NULL,
    practitioner_id VARCHAR NOT NULL,
    proposed_id VARCHAR,
    status VARCHAR(8) NOT NULL,
    rule VARCHAR(17) NOT NULL,
    age_rule VARCHAR(16) NOT NULL,
    override_reason VARCHAR(2000) NOT NULL,
    agreed_at VARCHAR(24),
    agreed_by VARCHAR(200) NOT NULL,
    ended_at VARCHAR(24),
    PRIMARY KEY (id),
    FOREIGN KEY(case_id) REFERENCES person_case (id),
    FOREIGN KEY(practitioner_id) REFERENCES practitioner (id),
    FOREIGN KEY(proposed_id) REFERENCES practitioner (id),
    CONSTRAINT allocationstatus CHECK (status IN ('proposed', 'agreed', 'ended')),
    CONSTRAINT allocationrule CHECK (rule IN ('age', 'very_high_risk', 'primary_need', 'need_not_recorded')),
    CONSTRAINT agerule CHECK (age_rule IN ('over_75', 'aged_75_and_over'))
);

CREATE INDEX ix_lead_allocation_case_id ON lead_allocation (case_id);

CREATE INDEX ix_lead_allocation_practitioner_id ON lead_allocation (practitioner_id);

CREATE TABLE stage_change (
    id VARCHAR(36) NOT NULL,
    case_id VARCHAR NOT NULL,
    from_stage VARCHAR(12) NOT NULL,
    to_stage VARCHAR(12) NOT NULL,
    reason VARCHAR(2000) NOT NULL,
    at VARCHAR(24) NOT NULL,
    "by" VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(case_id) REFERENCES person_case (id),
    CONSTRAINT stage CHECK (from_stage IN ('identified', 'invited', 'consented', 'assessing', 'planning', 'active', 'review', 'stepped_down', 'declined')),
    CONSTRAINT stage CHECK (to_stage IN ('identified', 'invited', 'consented', 'assessing', 'planning', 'active', 'review', 'stepped_down', 'declined'))
);

CREATE INDEX ix_stage_change_case_id ON stage_change (case_id);

CREATE TABLE answer (
    id VARCHAR(36) NOT NULL,
    assessment_id VARCHAR NOT NULL,
    link_id VARCHAR(200) NOT NULL,
    position VARCHAR(100) NOT NULL,
    value_json VARCHAR NOT NULL,
    answered_at VARCHAR(24) NOT NULL,
    answered_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(assessment_id) REFERENCES assessment (id)
);

CREATE UNIQUE INDEX answer_place ON answer (assessment_id, link_id, position);

CREATE TABLE contingency_plan (
    id VARCHAR(36) NOT NULL,
    plan_id VARCHAR NOT NULL,
    origin VARCHAR,
    order_key VARCHAR(200) NOT NULL,
    "trigger" VARCHAR(20000) NOT NULL,
    what_should_happen VARCHAR(20000) NOT NULL,
    contact_name VARCHAR(200) NOT NULL,
    contact_role VARCHAR(200) NOT NULL,
    contact_telephone VARCHAR(50) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(plan_id) REFERENCES care_plan (id)
);

CREATE INDEX ix_contingency_plan_plan_id ON contingency_plan (plan_id);

CREATE TABLE need (
    id VARCHAR(36) NOT NULL,
    plan_id VARCHAR NOT NULL,
    origin VARCHAR,
    order_key VARCHAR(200) NOT NULL,
    words VARCHAR(20000) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(plan_id) REFERENCES care_plan (id)
);

CREATE INDEX ix_need_plan_id ON need (plan_id);

CREATE TABLE other_plan (
    id VARCHAR(36) NOT NULL,
    plan_id VARCHAR NOT NULL,
    origin VARCHAR,
    order_key VARCHAR(200) NOT NULL,
    kind VARCHAR(200) NOT NULL,
    location VARCHAR(500) NOT NULL,
    dated DATE,
    replaced BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(plan_id) REFERENCES care_plan (id)
);

CREATE INDEX ix_other_plan_plan_id ON other_plan (plan_id);

CREATE TABLE part_signature (
    id VARCHAR(36) NOT NULL,
    assessment_id VARCHAR NOT NULL,
    part VARCHAR(200) NOT NULL,
    practitioner_id VARCHAR NOT NULL,
    signed_by VARCHAR(200) NOT NULL,
    discipline VARCHAR(14) NOT NULL,
    signed_at VARCHAR(24) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(assessment_id) REFERENCES assessment (id),
    FOREIGN KEY(practitioner_id) REFERENCES practitioner (id),
    CONSTRAINT discipline CHECK (discipline IN ('gp', 'nurse', 'therapist', 'social_worker', 'mental_health', 'secondary_care', 'care_navigator', 'care_worker', 'adviser', 'voluntary', 'administration'))
);

CREATE INDEX ix_part_signature_assessment_id ON part_signature (assessment_id);

CREATE TABLE goal (
    id VARCHAR(36) NOT NULL,
    need_id VARCHAR NOT NULL,
    origin VARCHAR,
    order_key VARCHAR(200) NOT NULL,
    words VARCHAR(20000) NOT NULL,
    importance INTEGER,
    domain VARCHAR(18),
    status VARCHAR(15) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT importance_scale CHECK (importance IS NULL OR importance BETWEEN 1 AND 10),
    FOREIGN KEY(need_id) REFERENCES need (id),
    CONSTRAINT istatementdomain CHECK (domain IN ('wider_determinants', 'healthy_lives', 'quality_of_life', 'quality_of_care', 'integrated_system')),
    CONSTRAINT goalstatus CHECK (status IN ('proposed', 'active', 'achieved', 'partly_achieved', 'not_achieved', 'stopped'))
);

CREATE INDEX ix_goal_need_id ON goal (need_id);

CREATE TABLE action (
    id VARCHAR(36) NOT NULL,
    goal_id VARCHAR NOT NULL,
    origin VARCHAR,
    order_key VARCHAR(200) NOT NULL,
    what VARCHAR(20000) NOT NULL,
    practitioner_id VARCHAR,
    who VARCHAR(200) NOT NULL,
    when_words VARCHAR(200) NOT NULL,
    due DATE,
    status VARCHAR(11) NOT NULL,
    confidence INTEGER,
    PRIMARY KEY (id),
    CONSTRAINT confidence_scale CHECK (confidence IS NULL OR confidence BETWEEN 1 AND 10),
    FOREIGN KEY(goal_id) REFERENCES goal (id),
    FOREIGN KEY(practitioner_id) REFERENCES practitioner (id),
    CONSTRAINT actionstatus CHECK (status IN ('to_do', 'in_progress', 'done', 'refused', 'stopped'))
);

CREATE INDEX ix_action_goal_id ON action (goal_id);

CREATE INDEX ix_action_practitioner_id ON action (practitioner_id);


CREATE TABLE caseload_key (
    no INTEGER NOT NULL PRIMARY KEY,
    id VARCHAR(36) NOT NULL UNIQUE
);

CREATE TABLE caseload_index (
    person_no INTEGER NOT NULL PRIMARY KEY,
    person_id VARCHAR(36) NOT NULL UNIQUE REFERENCES person (id),
    sort_name VARCHAR NOT NULL,
    born DATE NOT NULL,
    practice_no INTEGER NOT NULL REFERENCES caseload_key (no),
    locality_no INTEGER NOT NULL REFERENCES caseload_key (no),
    tier_order INTEGER NOT NULL,
    risk FLOAT,
    stage_order INTEGER NOT NULL,
    lead_no INTEGER REFERENCES caseload_key (no),
    has_plan INTEGER NOT NULL,
    review_due DATE,
    words VARCHAR NOT NULL,
    family_name VARCHAR(100) NOT NULL,
    given_names VARCHAR(100) NOT NULL,
    title VARCHAR(35) NOT NULL,
    nhs_number VARCHAR(10),
    died DATE,
    gender VARCHAR(9) NOT NULL,
    case_id VARCHAR(36) REFERENCES person_case (id),
    trend VARCHAR
);

CREATE INDEX caseload_by_risk ON caseload_index (
    tier_order, risk DESC, person_no, stage_order, has_plan, lead_no, review_due, practice_no, locality_no, born
);

CREATE INDEX caseload_by_name ON caseload_index (
    sort_name, person_no, tier_order, stage_order, has_plan, lead_no, review_due, practice_no, locality_no
);

CREATE VIRTUAL TABLE person_search USING fts5 (
    words, content='', contentless_delete=1, detail=none, prefix='1 2 3 4',
    tokenize="unicode61 remove_diacritics 2"
);

CREATE TRIGGER caseload_index_is_searched AFTER INSERT ON caseload_index
BEGIN INSERT INTO person_search (rowid, words) VALUES (new.person_no, new.words); END;

CREATE TRIGGER caseload_index_is_searched_anew AFTER UPDATE OF words ON caseload_index WHEN old.words <> new.words
BEGIN
    -- Not INSERT OR REPLACE: the upsert that fires this trigger overrides its conflict clause, and the old words stay.
    DELETE FROM person_search WHERE rowid = old.person_no;
    INSERT INTO person_search (rowid, words) VALUES (new.person_no, new.words);
END;

CREATE TRIGGER caseload_index_is_searched_no_more AFTER DELETE ON caseload_index
BEGIN DELETE FROM person_search WHERE rowid = old.person_no; END;

CREATE TRIGGER audit_entry_is_never_changed BEFORE UPDATE ON audit_entry
BEGIN SELECT raise(ABORT, 'audit entries are never changed'); END;

CREATE TRIGGER audit_entry_is_never_deleted BEFORE DELETE ON audit_entry
BEGIN SELECT raise(ABORT, 'audit entries are never deleted'); END;
