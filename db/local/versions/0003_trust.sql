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
