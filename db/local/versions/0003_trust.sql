-- One row: how many transactions were committed, a token of the last one, and the key that seals the record outside.
CREATE TABLE freshness (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    counter INTEGER NOT NULL,
    token BLOB NOT NULL,
    seal_key BLOB NOT NULL
);

INSERT INTO freshness (one, counter, token, seal_key) VALUES (1, 0, randomblob(16), randomblob(32));
