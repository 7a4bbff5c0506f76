ALTER TABLE person ADD COLUMN deprivation_fifth INTEGER CHECK (deprivation_fifth BETWEEN 1 AND 5);

CREATE TABLE meeting_series (
    id VARCHAR(36) NOT NULL,
    locality_id VARCHAR NOT NULL,
    name VARCHAR(200) NOT NULL,
    weekday INTEGER NOT NULL,
    starts_at VARCHAR(5) NOT NULL,
    length_minutes INTEGER NOT NULL,
    place VARCHAR(300) NOT NULL,
    link VARCHAR(500) NOT NULL,
    purpose VARCHAR(2000) NOT NULL,
    first_chaired_by VARCHAR(7) NOT NULL,
    health_chair_id VARCHAR,
    council_chair_id VARCHAR,
    quorum_chair BOOLEAN NOT NULL,
    quorum_health INTEGER NOT NULL,
    quorum_social_care INTEGER NOT NULL,
    quorum_knows_person BOOLEAN NOT NULL,
    unseen_weeks INTEGER NOT NULL,
    active BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT weekday_of_seven CHECK (weekday BETWEEN 0 AND 6),
    FOREIGN KEY(locality_id) REFERENCES locality (id),
    CONSTRAINT chairedby CHECK (first_chaired_by IN ('health', 'council')),
    FOREIGN KEY(health_chair_id) REFERENCES practitioner (id),
    FOREIGN KEY(council_chair_id) REFERENCES practitioner (id)
);

CREATE INDEX ix_meeting_series_locality_id ON meeting_series (locality_id);

CREATE TABLE series_member (
    id VARCHAR(36) NOT NULL,
    series_id VARCHAR NOT NULL,
    practitioner_id VARCHAR NOT NULL,
    part VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(series_id) REFERENCES meeting_series (id),
    FOREIGN KEY(practitioner_id) REFERENCES practitioner (id)
);

CREATE INDEX ix_series_member_practitioner_id ON series_member (practitioner_id);

CREATE UNIQUE INDEX series_member_once ON series_member (series_id, practitioner_id);

CREATE TABLE meeting (
    id VARCHAR(36) NOT NULL,
    series_id VARCHAR,
    locality_id VARCHAR NOT NULL,
    day DATE NOT NULL,
    starts_at VARCHAR(5) NOT NULL,
    length_minutes INTEGER NOT NULL,
    place VARCHAR(300) NOT NULL,
    link VARCHAR(500) NOT NULL,
    purpose VARCHAR(2000) NOT NULL,
    chaired_by VARCHAR(7) NOT NULL,
    chair_id VARCHAR,
    state VARCHAR(9) NOT NULL,
    began_at VARCHAR(24),
    ended_at VARCHAR(24),
    current_item_id VARCHAR(36),
    next_day DATE,
    sealed_at VARCHAR(24),
    sealed_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(series_id) REFERENCES meeting_series (id),
    FOREIGN KEY(locality_id) REFERENCES locality (id),
    CONSTRAINT chairedby CHECK (chaired_by IN ('health', 'council')),
    FOREIGN KEY(chair_id) REFERENCES practitioner (id),
    CONSTRAINT meetingstate CHECK (state IN ('planned', 'under_way', 'sealed', 'cancelled'))
);

CREATE INDEX ix_meeting_series_id ON meeting (series_id);

CREATE INDEX meeting_locality_day ON meeting (locality_id, day);

CREATE TABLE attendance (
    id VARCHAR(36) NOT NULL,
    meeting_id VARCHAR NOT NULL,
    practitioner_id VARCHAR NOT NULL,
    part VARCHAR(200) NOT NULL,
    state VARCHAR(9) NOT NULL,
    mode VARCHAR(11) NOT NULL,
    joined_at VARCHAR(24),
    left_at VARCHAR(24),
    PRIMARY KEY (id),
    FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    FOREIGN KEY(practitioner_id) REFERENCES practitioner (id),
    CONSTRAINT attendancestate CHECK (state IN ('expected', 'present', 'apologies', 'absent')),
    CONSTRAINT attendancemode CHECK (mode IN ('in_the_room', 'by_video'))
);

CREATE UNIQUE INDEX attendance_once ON attendance (meeting_id, practitioner_id);

CREATE INDEX ix_attendance_practitioner_id ON attendance (practitioner_id);

CREATE TABLE agenda_item (
    id VARCHAR(36) NOT NULL,
    meeting_id VARCHAR NOT NULL,
    case_id VARCHAR NOT NULL,
    lane VARCHAR(8) NOT NULL,
    state VARCHAR(11) NOT NULL,
    order_key VARCHAR(200) NOT NULL,
    minutes INTEGER NOT NULL,
    reasons VARCHAR(500) NOT NULL,
    question VARCHAR(2000) NOT NULL,
    persons_view VARCHAR(20000) NOT NULL,
    persons_view_why_not VARCHAR(500) NOT NULL,
    carers_view VARCHAR(20000) NOT NULL,
    outcome VARCHAR(12),
    began_at VARCHAR(24),
    ended_at VARCHAR(24),
    seconds INTEGER NOT NULL,
    rolled_over INTEGER NOT NULL,
    from_item_id VARCHAR(36),
    parked_with_id VARCHAR,
    parked_until DATE,
    removed_because VARCHAR(500) NOT NULL,
    quorate BOOLEAN,
    missing_for_quorum VARCHAR(200) NOT NULL,
    challenge INTEGER,
    challenge_answer VARCHAR(20000) NOT NULL,
    added_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    FOREIGN KEY(case_id) REFERENCES person_case (id),
    CONSTRAINT lane CHECK (lane IN ('discuss', 'note', 'left_out')),
    CONSTRAINT itemstate CHECK (state IN ('waiting', 'under_way', 'done', 'noted', 'parked', 'rolled_over', 'removed')),
    CONSTRAINT outcome CHECK (outcome IN ('no_change', 'plan_changes', 'assess', 'refer', 'escalate', 'step_down', 'deferred')),
    FOREIGN KEY(parked_with_id) REFERENCES practitioner (id)
);

CREATE UNIQUE INDEX agenda_item_once ON agenda_item (meeting_id, case_id);

CREATE INDEX ix_agenda_item_case_id ON agenda_item (case_id);

CREATE TABLE item_presence (
    id VARCHAR(36) NOT NULL,
    item_id VARCHAR NOT NULL,
    practitioner_id VARCHAR NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(item_id) REFERENCES agenda_item (id),
    FOREIGN KEY(practitioner_id) REFERENCES practitioner (id)
);

CREATE UNIQUE INDEX item_presence_once ON item_presence (item_id, practitioner_id);

CREATE INDEX ix_item_presence_practitioner_id ON item_presence (practitioner_id);

CREATE TABLE meeting_note (
    id VARCHAR(36) NOT NULL,
    meeting_id VARCHAR NOT NULL,
    item_id VARCHAR,
    words VARCHAR(20000) NOT NULL,
    replaces_id VARCHAR,
    written_at VARCHAR(24) NOT NULL,
    written_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    FOREIGN KEY(item_id) REFERENCES agenda_item (id),
    FOREIGN KEY(replaces_id) REFERENCES meeting_note (id)
);

CREATE INDEX ix_meeting_note_item_id ON meeting_note (item_id);

CREATE INDEX ix_meeting_note_meeting_id ON meeting_note (meeting_id);

CREATE TABLE decision (
    id VARCHAR(36) NOT NULL,
    item_id VARCHAR NOT NULL,
    kind VARCHAR(16) NOT NULL,
    words VARCHAR(20000) NOT NULL,
    changes_id VARCHAR,
    change_reason VARCHAR(2000) NOT NULL,
    is_agreed BOOLEAN NOT NULL,
    decided_at VARCHAR(24) NOT NULL,
    recorded_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(item_id) REFERENCES agenda_item (id),
    CONSTRAINT decisionkind CHECK (kind IN ('care_and_support', 'health_treatment', 'medicines', 'assessment', 'equipment', 'referral', 'carer_support', 'safeguarding', 'contingency', 'other')),
    FOREIGN KEY(changes_id) REFERENCES decision (id)
);

CREATE INDEX ix_decision_item_id ON decision (item_id);

CREATE TABLE addendum (
    id VARCHAR(36) NOT NULL,
    meeting_id VARCHAR NOT NULL,
    item_id VARCHAR,
    words VARCHAR(20000) NOT NULL,
    written_at VARCHAR(24) NOT NULL,
    written_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    FOREIGN KEY(item_id) REFERENCES agenda_item (id)
);

CREATE INDEX ix_addendum_meeting_id ON addendum (meeting_id);

CREATE TABLE pulse_answer (
    id VARCHAR(36) NOT NULL,
    meeting_id VARCHAR NOT NULL,
    right_people INTEGER NOT NULL,
    information_ready INTEGER NOT NULL,
    persons_view_heard INTEGER NOT NULL,
    everyone_contributed INTEGER NOT NULL,
    clear_decisions INTEGER NOT NULL,
    time_well_used INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(meeting_id) REFERENCES meeting (id)
);

CREATE INDEX ix_pulse_answer_meeting_id ON pulse_answer (meeting_id);

CREATE TABLE task (
    id VARCHAR(36) NOT NULL,
    case_id VARCHAR,
    meeting_id VARCHAR,
    item_id VARCHAR,
    decision_id VARCHAR,
    what VARCHAR(20000) NOT NULL,
    owner_id VARCHAR,
    owner_words VARCHAR(200) NOT NULL,
    due DATE,
    status VARCHAR(9) NOT NULL,
    status_reason VARCHAR(2000) NOT NULL,
    is_improvement BOOLEAN NOT NULL,
    made_at VARCHAR(24) NOT NULL,
    made_by VARCHAR(200) NOT NULL,
    accepted_at VARCHAR(24),
    PRIMARY KEY (id),
    FOREIGN KEY(case_id) REFERENCES person_case (id),
    FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    FOREIGN KEY(item_id) REFERENCES agenda_item (id),
    FOREIGN KEY(decision_id) REFERENCES decision (id),
    FOREIGN KEY(owner_id) REFERENCES practitioner (id),
    CONSTRAINT taskstatus CHECK (status IN ('open', 'done', 'part_done', 'changed', 'not_done', 'refused'))
);

CREATE INDEX ix_task_case_id ON task (case_id);

CREATE INDEX ix_task_due ON task (due);

CREATE INDEX ix_task_item_id ON task (item_id);

CREATE INDEX ix_task_meeting_id ON task (meeting_id);

CREATE INDEX ix_task_owner_id ON task (owner_id);

CREATE TABLE task_step (
    id VARCHAR(36) NOT NULL,
    task_id VARCHAR NOT NULL,
    status VARCHAR(9) NOT NULL,
    reason VARCHAR(2000) NOT NULL,
    at VARCHAR(24) NOT NULL,
    "by" VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(task_id) REFERENCES task (id),
    CONSTRAINT taskstatus CHECK (status IN ('open', 'done', 'part_done', 'changed', 'not_done', 'refused'))
);

CREATE INDEX ix_task_step_task_id ON task_step (task_id);

CREATE TABLE mdt_referral (
    id VARCHAR(36) NOT NULL,
    case_id VARCHAR NOT NULL,
    question VARCHAR(2000) NOT NULL,
    referred_on DATE NOT NULL,
    referred_by VARCHAR(200) NOT NULL,
    item_id VARCHAR,
    PRIMARY KEY (id),
    FOREIGN KEY(case_id) REFERENCES person_case (id),
    FOREIGN KEY(item_id) REFERENCES agenda_item (id)
);

CREATE INDEX ix_mdt_referral_case_id ON mdt_referral (case_id);

CREATE TABLE happening (
    id VARCHAR(36) NOT NULL,
    person_id VARCHAR NOT NULL,
    kind VARCHAR(21) NOT NULL,
    happened_on DATE NOT NULL,
    words VARCHAR(2000) NOT NULL,
    contingency_plan_id VARCHAR,
    recorded_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT happeningkind CHECK (kind IN ('carer_crisis', 'contingency_triggered')),
    FOREIGN KEY(contingency_plan_id) REFERENCES contingency_plan (id)
);

CREATE INDEX ix_happening_person_id ON happening (person_id);

CREATE TABLE hospital_episode (
    id VARCHAR(36) NOT NULL,
    person_id VARCHAR NOT NULL,
    hospital VARCHAR(200) NOT NULL,
    admitted_on DATE NOT NULL,
    discharged_on DATE,
    was_emergency BOOLEAN NOT NULL,
    reason VARCHAR(500) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_hospital_episode_person_id ON hospital_episode (person_id);

CREATE TABLE handover (
    id VARCHAR(36) NOT NULL,
    case_id VARCHAR NOT NULL,
    need VARCHAR(20000) NOT NULL,
    next_for_person VARCHAR(2000) NOT NULL,
    to_id VARCHAR,
    to_words VARCHAR(200) NOT NULL,
    state VARCHAR(12) NOT NULL,
    said_back VARCHAR(20000) NOT NULL,
    sent_at VARCHAR(24) NOT NULL,
    sent_by VARCHAR(200) NOT NULL,
    acknowledged_at VARCHAR(24),
    understood_at VARCHAR(24),
    PRIMARY KEY (id),
    FOREIGN KEY(case_id) REFERENCES person_case (id),
    FOREIGN KEY(to_id) REFERENCES practitioner (id),
    CONSTRAINT handoverstate CHECK (state IN ('sent', 'acknowledged', 'understood'))
);

CREATE INDEX ix_handover_case_id ON handover (case_id);
