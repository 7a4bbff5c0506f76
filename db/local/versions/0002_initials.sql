ALTER TABLE caseload_index ADD COLUMN initials INTEGER NOT NULL DEFAULT 0;

UPDATE caseload_index SET initials = initials_of(words);

DROP INDEX caseload_by_risk;

DROP INDEX caseload_by_name;

CREATE INDEX caseload_by_risk ON caseload_index (
    tier_order, risk DESC, person_no, stage_order, has_plan, lead_no, review_due, practice_no, locality_no, born,
    initials
);

CREATE INDEX caseload_by_name ON caseload_index (
    sort_name, person_no, tier_order, stage_order, has_plan, lead_no, review_due, practice_no, locality_no, initials
);
