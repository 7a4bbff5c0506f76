-- One row: how many transactions were committed, a token of the last one, and the key that seals the record outside.
CREATE TABLE freshness (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    counter INTEGER NOT NULL,
    token BLOB NOT NULL,
    seal_key BLOB NOT NULL
);

INSERT INTO freshness (one, counter, token, seal_key) VALUES (1, 0, randomblob(16), randomblob(32));

-- Half-typed words of whoever works with this store: kept here alone, never sent and not audited. One row a place;
-- `person_id` is empty where a form is about nobody.
CREATE TABLE draft (
    practitioner_id TEXT NOT NULL CHECK (length(practitioner_id) = 36),
    page TEXT NOT NULL CHECK (length(page) BETWEEN 1 AND 40),
    person_id TEXT NOT NULL CHECK (length(person_id) IN (0, 36)),
    form TEXT NOT NULL CHECK (length(form) BETWEEN 1 AND 200),
    content TEXT NOT NULL CHECK (length(content) <= 1000000),
    saved_at TEXT NOT NULL,
    PRIMARY KEY (practitioner_id, page, person_id, form)
);

-- Roles held in addition to what somebody is by their job: chair (of a locality), information-governance lead,
-- administrator.
CREATE TABLE role_held (
    id VARCHAR(36) NOT NULL,
    practitioner_id VARCHAR NOT NULL,
    role VARCHAR(17) NOT NULL,
    locality_id VARCHAR,
    since DATE NOT NULL,
    until DATE,
    given_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(practitioner_id) REFERENCES practitioner (id),
    FOREIGN KEY(locality_id) REFERENCES locality (id),
    CONSTRAINT accessrole CHECK (role IN ('chair', 'lead_professional', 'clinician', 'social_worker', 'care_navigator', 'voluntary_partner', 'ig_lead', 'administrator', 'keeper'))
);

CREATE INDEX ix_role_held_practitioner_id ON role_held (practitioner_id);

CREATE INDEX role_held_now ON role_held (role) WHERE until IS NULL;

-- What a consent decision names, as keys beside its words: the sharing matrix follows from them.
ALTER TABLE consent ADD COLUMN groups VARCHAR(200) NOT NULL DEFAULT '';

ALTER TABLE consent ADD COLUMN scopes VARCHAR(200) NOT NULL DEFAULT '';

-- The sharing matrix: one row a decision about one recipient and one part; never changed, a later one counts.
CREATE TABLE sharing_decision (
    id VARCHAR(36) NOT NULL,
    person_id VARCHAR NOT NULL,
    recipient_kind VARCHAR(12) NOT NULL,
    recipient_id VARCHAR(36) NOT NULL,
    part VARCHAR(13) NOT NULL,
    choice VARCHAR(12) NOT NULL,
    basis VARCHAR(18) NOT NULL,
    decided_on DATE NOT NULL,
    note VARCHAR(2000) NOT NULL,
    recorded_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT recipientkind CHECK (recipient_kind IN ('group', 'organisation', 'practice', 'contact')),
    CONSTRAINT sharedpart CHECK (part IN ('about_me', 'needs', 'contingency', 'people', 'health', 'mental_health', 'social_care', 'risk', 'carer')),
    CONSTRAINT sharingchoice CHECK (choice IN ('share', 'do_not_share', 'ask_first')),
    CONSTRAINT sharingbasis CHECK (basis IN ('signed', 'spoken', 'attorney_or_deputy', 'best_interests', 'duty_to_share', 'objection', 'not_needed', 'to_be_asked'))
);

CREATE INDEX ix_sharing_decision_person_id ON sharing_decision (person_id);

-- A record that only the lead professional, the care team and the information-governance lead see.
CREATE TABLE restriction (
    id VARCHAR(36) NOT NULL,
    person_id VARCHAR NOT NULL,
    reason VARCHAR(2000) NOT NULL,
    at VARCHAR(24) NOT NULL,
    "by" VARCHAR(200) NOT NULL,
    lifted_at VARCHAR(24),
    lifted_by VARCHAR(200) NOT NULL,
    lifted_reason VARCHAR(2000) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_restriction_person_id ON restriction (person_id);

CREATE UNIQUE INDEX restriction_in_force ON restriction (person_id) WHERE lifted_at IS NULL;

-- Somebody saw a restricted record without being in the team: why, and until when.
CREATE TABLE broken_glass (
    id VARCHAR(36) NOT NULL,
    person_id VARCHAR NOT NULL,
    practitioner_id VARCHAR NOT NULL,
    "by" VARCHAR(200) NOT NULL,
    reason VARCHAR(2000) NOT NULL,
    opened_at VARCHAR(24) NOT NULL,
    ends_at VARCHAR(24) NOT NULL,
    ended_at VARCHAR(24),
    reviewed_at VARCHAR(24),
    reviewed_by VARCHAR(200) NOT NULL,
    review VARCHAR(2000) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES person (id),
    FOREIGN KEY(practitioner_id) REFERENCES practitioner (id)
);

CREATE INDEX ix_broken_glass_person_id ON broken_glass (person_id);

-- What the audit viewer filters by; a person's entries have their index since the first schema.
CREATE INDEX audit_entry_by_action ON audit_entry (action, actor_id, at);

CREATE INDEX audit_entry_by_actor ON audit_entry (actor_id, at);

CREATE INDEX audit_entry_by_time ON audit_entry (at);

CREATE INDEX audit_entry_by_reason ON audit_entry (reason, action, actor_id, at) WHERE reason <> '';
