"""The structured log: `events` writes to it, `running` begins and ends it, `subjects` marks a record's id."""
