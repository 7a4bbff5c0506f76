-- The number under which an operation goes over the wire. It is given when the operation is frozen, so that the numbers
-- the central store sees have no gaps, whatever was dropped or rebuilt before.
ALTER TABLE outbox ADD COLUMN sent_no INTEGER;

CREATE UNIQUE INDEX outbox_sent ON outbox (sent_no) WHERE sent_no IS NOT NULL;

CREATE INDEX outbox_by_record ON outbox (type, id, op_no);

CREATE INDEX sync_record_by_bucket ON sync_record (bucket, type, id);

CREATE INDEX sync_record_put_aside ON sync_record (state, type, id) WHERE state <> 'clean';

-- One row: where the central store is, as whom this device is known there, and the tokens, which lie nowhere else.
CREATE TABLE sync_account (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    url VARCHAR(500) NOT NULL,
    server_id VARCHAR(36) NOT NULL,
    device_id VARCHAR(36) NOT NULL,
    user_name VARCHAR(200) NOT NULL,
    access_token VARCHAR(4000) NOT NULL,
    access_ends VARCHAR(24),
    refresh_token VARCHAR(4000) NOT NULL,
    grants_ver INTEGER NOT NULL,
    next_no INTEGER NOT NULL,
    connected_at VARCHAR(24) NOT NULL
);

CREATE TABLE cursor (
    bucket VARCHAR(36) NOT NULL PRIMARY KEY,
    epoch VARCHAR(36) NOT NULL,
    position VARCHAR(2000) NOT NULL,
    seq INTEGER,
    digest_count INTEGER NOT NULL,
    digest_sum VARCHAR(20) NOT NULL
);

CREATE TABLE grant_local (
    bucket VARCHAR(36) NOT NULL PRIMARY KEY,
    locality_id VARCHAR(36) NOT NULL,
    role VARCHAR(50) NOT NULL,
    tier VARCHAR(20) NOT NULL,
    lease_until VARCHAR(24) NOT NULL,
    grants_ver INTEGER NOT NULL
);

CREATE TABLE conflict (
    id VARCHAR(36) NOT NULL PRIMARY KEY,
    bucket VARCHAR(36) NOT NULL,
    type VARCHAR(50) NOT NULL,
    rec_id VARCHAR(36) NOT NULL,
    field VARCHAR(50) NOT NULL,
    base VARCHAR NOT NULL,
    mine VARCHAR NOT NULL,
    theirs VARCHAR NOT NULL,
    mine_more VARCHAR NOT NULL,
    mine_by VARCHAR(200) NOT NULL,
    theirs_by VARCHAR(200) NOT NULL,
    mine_at VARCHAR(24) NOT NULL,
    theirs_at VARCHAR(24) NOT NULL,
    auto_rule VARCHAR(20) NOT NULL,
    shown_value VARCHAR NOT NULL,
    status VARCHAR(10) NOT NULL,
    mine_device VARCHAR(200) NOT NULL,
    mine_skew INTEGER NOT NULL,
    asked_id VARCHAR(36),
    asked_by VARCHAR(200) NOT NULL,
    CONSTRAINT conflict_status CHECK (status IN ('open', 'mine', 'theirs', 'third'))
);

CREATE INDEX conflict_by_record ON conflict (type, rec_id);

CREATE INDEX conflict_open ON conflict (status) WHERE status = 'open';

-- Changes that were not sent when their record had to leave this laptop: kept out of sight until somebody decides.
CREATE TABLE quarantine (
    id VARCHAR(36) NOT NULL PRIMARY KEY,
    bucket VARCHAR(36) NOT NULL,
    type VARCHAR(50) NOT NULL,
    rec_id VARCHAR(36) NOT NULL,
    operations_json VARCHAR NOT NULL,
    at VARCHAR(24) NOT NULL
);

CREATE INDEX quarantine_by_record ON quarantine (type, rec_id);

-- What was erased by order: a digest of type and id, so that it never comes back and names nobody.
CREATE TABLE erasure (
    id_hash VARCHAR(64) NOT NULL PRIMARY KEY,
    type VARCHAR(50) NOT NULL,
    at VARCHAR(24) NOT NULL
);

-- What this device has removed and not yet confirmed to the central store.
CREATE TABLE receipt (
    kind VARCHAR(10) NOT NULL,
    bucket VARCHAR(36) NOT NULL,
    type VARCHAR(50) NOT NULL,
    id VARCHAR(36) NOT NULL,
    PRIMARY KEY (kind, bucket, type, id),
    CONSTRAINT receipt_kind CHECK (kind IN ('evict', 'erase'))
);

CREATE TABLE sync_run (
    id VARCHAR(36) NOT NULL PRIMARY KEY,
    started VARCHAR(24) NOT NULL,
    ended VARCHAR(24),
    phase VARCHAR(20) NOT NULL,
    pulled INTEGER NOT NULL,
    pushed INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    error VARCHAR(50) NOT NULL
);

CREATE INDEX sync_run_by_start ON sync_run (started);

-- Bundles: what came with somebody of whom it is not certain who they are, kept until a person decides.
CREATE TABLE held_bundle (
    id VARCHAR(36) NOT NULL PRIMARY KEY,
    file_sha256 VARCHAR(64) NOT NULL,
    person_id VARCHAR(36),
    reason VARCHAR(100) NOT NULL,
    resources_json VARCHAR NOT NULL,
    held_at VARCHAR(24) NOT NULL,
    held_by VARCHAR(200) NOT NULL,
    decision VARCHAR(20) NOT NULL,
    decided_at VARCHAR(24),
    decided_by VARCHAR(200) NOT NULL,
    FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_held_bundle_file_sha256 ON held_bundle (file_sha256);

-- The care navigator's log of a case: only added to; a correction is a note that replaces another.
CREATE TABLE case_note (
    id VARCHAR(36) NOT NULL PRIMARY KEY,
    case_id VARCHAR(36) NOT NULL,
    words VARCHAR(20000) NOT NULL,
    replaces_id VARCHAR(36),
    written_at VARCHAR(24) NOT NULL,
    written_by VARCHAR(200) NOT NULL,
    kind VARCHAR(9) NOT NULL,
    written_as VARCHAR(35),
    adds_to_id VARCHAR(36),
    withdraws BOOLEAN NOT NULL,
    FOREIGN KEY(case_id) REFERENCES person_case (id),
    FOREIGN KEY(replaces_id) REFERENCES case_note (id),
    FOREIGN KEY(adds_to_id) REFERENCES case_note (id),
    CONSTRAINT notekind CHECK (kind IN ('telephone', 'visit', 'message', 'colleague', 'other')),
    CONSTRAINT role CHECK (written_as IN ('gp', 'case_manager', 'care_navigator', 'care_coordinator', 'district_nurse_lead', 'community_nurse', 'physiotherapist', 'occupational_therapist', 'speech_therapist', 'psychologist', 'psychiatrist', 'community_psychiatric_nurse', 'social_worker', 'approved_mental_health_professional', 'secondary_care_clinician', 'discharge_coordinator', 'trusted_assessor', 'reablement_worker', 'home_care_worker', 'assistive_technology_prescriber', 'mental_health_liaison', 'dementia_adviser', 'local_area_coordinator', 'welfare_adviser', 'housing_adviser', 'volunteer', 'mdt_chair', 'mdt_administrator'))
);

CREATE INDEX ix_case_note_case_id ON case_note (case_id);

-- The private keys of this laptop for files that are carried, as which device it published them, the central store's
-- public keys, and how many files were made and answered; one row at most.
CREATE TABLE site_keys (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    sign_key VARCHAR(64) NOT NULL,
    seal_key VARCHAR(64) NOT NULL,
    device_id VARCHAR(36) NOT NULL,
    server_id VARCHAR(36) NOT NULL,
    their_sign VARCHAR(64) NOT NULL,
    their_seal VARCHAR(64) NOT NULL,
    next_no INTEGER NOT NULL,
    taken_no INTEGER NOT NULL,
    after_run INTEGER NOT NULL
);

-- The offline lease: when the central store was heard last, what its clock was ahead of this laptop's, and the latest
-- time that was ever seen, all in the central store's time. One row, where this store was ever connected.
CREATE TABLE sync_lease (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    heard_at VARCHAR(24) NOT NULL,
    skew_seconds INTEGER NOT NULL,
    latest VARCHAR(24) NOT NULL,
    revoked BOOLEAN NOT NULL
);

-- Which decisions the author of a consent saw: of two that did not know of each other the more cautious one counts.
ALTER TABLE consent ADD COLUMN knew VARCHAR NOT NULL DEFAULT '';

-- Until now there was one laptop: whoever recorded a decision saw those before it.
UPDATE consent SET knew = coalesce((
    SELECT group_concat(earlier.id) FROM consent AS earlier
    WHERE earlier.person_id = consent.person_id AND (earlier.decided_on, earlier.id) < (consent.decided_on, consent.id)
), '');


-- Papers that belong to a case. Their content lies in pieces beside them, named by its digest.
CREATE TABLE case_paper (
    id VARCHAR(36) NOT NULL PRIMARY KEY,
    case_id VARCHAR(36) NOT NULL,
    title VARCHAR(200) NOT NULL,
    media VARCHAR(4) NOT NULL,
    size INTEGER NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    added_at VARCHAR(24) NOT NULL,
    added_by VARCHAR(200) NOT NULL,
    status VARCHAR(7) NOT NULL,
    removed_reason VARCHAR(2000) NOT NULL,
    removed_at VARCHAR(24),
    removed_by VARCHAR(200) NOT NULL,
    CONSTRAINT papermedia CHECK (media IN ('pdf', 'png', 'jpeg')),
    CONSTRAINT paperstatus CHECK (status IN ('current', 'removed')),
    FOREIGN KEY(case_id) REFERENCES person_case (id)
);

CREATE INDEX ix_case_paper_case_id ON case_paper (case_id);

CREATE INDEX ix_case_paper_sha256 ON case_paper (sha256);

CREATE TABLE blob (
    sha256 VARCHAR(64) NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    held INTEGER NOT NULL,
    sent BOOLEAN NOT NULL
);

CREATE TABLE blob_piece (
    sha256 VARCHAR(64) NOT NULL,
    number INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (sha256, number),
    FOREIGN KEY(sha256) REFERENCES blob (sha256)
);

-- Content leaves with the last paper in use that names it, whoever takes that away: a service, an eviction, an erasure,
-- or what came from another laptop.
CREATE TRIGGER case_paper_left AFTER DELETE ON case_paper
WHEN NOT EXISTS (SELECT 1 FROM case_paper WHERE sha256 = OLD.sha256 AND status = 'current')
BEGIN
    DELETE FROM blob_piece WHERE sha256 = OLD.sha256;
    DELETE FROM blob WHERE sha256 = OLD.sha256;
END;

CREATE TRIGGER case_paper_removed AFTER UPDATE OF status, sha256 ON case_paper
WHEN NOT EXISTS (SELECT 1 FROM case_paper WHERE sha256 = OLD.sha256 AND status = 'current')
BEGIN
    DELETE FROM blob_piece WHERE sha256 = OLD.sha256;
    DELETE FROM blob WHERE sha256 = OLD.sha256;
END;

-- Where the audit of the central store stood when it was last heard, so that it cannot be made anew unseen; and what of
-- it was found to differ. One row, where this store was ever told.
CREATE TABLE central_head (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    server_id VARCHAR(36) NOT NULL,
    epoch VARCHAR(36) NOT NULL,
    seq INTEGER NOT NULL,
    hash VARCHAR(64) NOT NULL,
    missed_seq INTEGER,
    missed_hash VARCHAR(64) NOT NULL,
    missed_at VARCHAR(24)
);
