"""Marks for ids in the log: lines about the same record can be joined within one run, and nowhere else."""

import hashlib
import hmac
import secrets

# New in each run: lines of one run can be joined by subject, but nobody can try ids against an old log.
_subject_key = secrets.token_bytes(32)


def subject(record_id: str) -> str:
    """A keyed mark for a record's id: the same within one run of the program, meaningless outside it."""
    return "h" + hmac.new(_subject_key, record_id.encode(), hashlib.sha256).hexdigest()[:16]
