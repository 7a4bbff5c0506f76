"""Which role may write which kind of record, what a record must be to be taken, and what a sealed meeting seals."""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mdt_desktop.central.errors import RoleWithoutBucket
from mdt_desktop.domain.nhs_number import fault_of
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.papers import MOST_BYTES as MOST_BYTES_OF_A_PAPER
from mdt_desktop.domain.permissions import TABLE, AccessRole, Cell, Permission, role_of_job
from mdt_desktop.words import words

LEASE = timedelta(days=14)
"""How long a laptop may use a bucket without being heard of (SYNC 5.11, SECURITY R33)."""
MOST_OPS, MOST_BYTES, PAGE = 200, 1 << 20, 200
"""Limits told by `hello` (SYNC 5.12): operations and bytes of a push, entries of a page."""
MOST_BLOB = MOST_BYTES_OF_A_PAPER
"""And bytes of one content."""

_CASE, _PLAN, _ASSESS = Permission.EDIT_CASE, Permission.EDIT_PLAN, Permission.EDIT_ASSESSMENT
_TASKS, _MEET, _IMPORT = Permission.KEEP_TASKS, Permission.KEEP_MEETINGS, Permission.IMPORT
_CARE = (_CASE, _PLAN, _ASSESS, _TASKS, Permission.EDIT_CONSENT, Permission.EDIT_CONTACTS)
# The first thing recorded about somebody sends the person and their scores along, whatever it was.
WRITTEN_BY: Mapping[str, tuple[Permission, ...]] = {
    "person": (*_CARE, _IMPORT),
    "risk_score": (*_CARE, _IMPORT),
    "stratification_run": (_IMPORT, *_CARE),
    "held_row": (_IMPORT,),
    "personal_contact": (_CASE,),
    "flag": (_CASE,),
    "person_case": (_CASE, Permission.AGREE_PLAN),
    "stage_change": (_CASE, Permission.AGREE_PLAN),
    "care_team_member": (_CASE,),
    "case_note": (_CASE,),
    "case_paper": (_CASE,),
    "lead_allocation": (Permission.AGREE_LEAD, _CASE),
    "consent": (Permission.EDIT_CONSENT,),
    "sharing_decision": (Permission.EDIT_CONSENT,),
    "assessment": (_ASSESS,),
    "answer": (_ASSESS,),
    "part_signature": (Permission.SIGN_PART,),
    "care_plan": (_PLAN, Permission.AGREE_PLAN),
    "need": (_PLAN,),
    "goal": (_PLAN,),
    "action": (_PLAN,),
    "contingency_plan": (_PLAN,),
    "other_plan": (_PLAN,),
    "meeting_series": (_MEET,),
    "series_member": (_MEET,),
    "meeting": (_MEET,),
    "attendance": (_MEET,),
    "agenda_item": (_MEET, Permission.DISCUSS),
    "item_presence": (_MEET, Permission.DISCUSS),
    "meeting_note": (_MEET, Permission.DISCUSS),
    "decision": (_MEET, Permission.DISCUSS),
    "addendum": (_MEET, Permission.DISCUSS),
    "pulse_answer": (_MEET, Permission.DISCUSS),
    "task": (_TASKS,),
    "task_step": (_TASKS,),
    "handover": (_TASKS,),
    "mdt_referral": (_TASKS,),
    "happening": (_TASKS, Permission.EDIT_CONTACTS),
    "hospital_episode": (_TASKS, Permission.EDIT_CONTACTS),
    "organisation": (Permission.KEEP_DIRECTORY,),
    "practice": (Permission.KEEP_DIRECTORY, _IMPORT),
    "practitioner": (Permission.KEEP_DIRECTORY,),
    "locality": (Permission.KEEP_DIRECTORY,),
    "role_held": (Permission.GIVE_ROLES,),
    "restriction": (Permission.RESTRICT,),
    "broken_glass": (Permission.BREAK_GLASS, Permission.REVIEW_ACCESS),
    "conflict": _CARE,
}
"""The permissions, one of which writes a kind of record. A kind that is not here is not taken."""

KEPT_ON_LAPTOPS = frozenset(
    {
        "outbox", "sync_record", "setting", "draft", "audit_entry", "sync_account", "cursor", "grant_local",
        "quarantine", "erasure", "receipt", "sync_run", "held_bundle", "site_keys", "sync_lease", "blob",
        "blob_piece", "central_head",
    }
)  # fmt: skip
"""Tables of a laptop whose rows are never sent as records."""

PARENT_KINDS: Mapping[str, str] = {
    "person_id": "person",
    "case_id": "person_case",
    "goal_id": "goal",
    "need_id": "need",
    "plan_id": "care_plan",
    "assessment_id": "assessment",
    "task_id": "task",
    "item_id": "agenda_item",
}
"""Columns that say what a record hangs on, in the order in which they count, with the kind that each names.

Up this ladder everything about a person leads to them; meetings and the directory hang on nobody.
"""

_INTEGERS, _DEEPEST = 1 << 63, 64
_SHA256 = re.compile("[0-9a-f]{64}")
_DIRECTORY = frozenset({"organisation", "practice", "practitioner", "locality"})
# What a meeting's seal closes. Addenda, tasks and the pulse go on.
SEALED_BY_MEETING = ("attendance", "agenda_item", "meeting_note")
SEALED_BY_ITEM = ("item_presence", "decision")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record is not taken: the field, and a sentence for a person."""

    field: str
    message: str


def role_named(text: str) -> AccessRole:
    """An access role by its own value, or the one that goes with a job. Raises ValueError for neither."""
    try:
        return AccessRole(text)
    except ValueError:
        return role_of_job(Role(text))


def require_bucket_role(role: AccessRole) -> None:
    """Raise RoleWithoutBucket for a role that may not see every case: a bucket is given whole or not at all."""
    if TABLE[Permission.SEE_CASE][role] is not Cell.YES:
        raise RoleWithoutBucket(role=f"{words(f'access_role.{role.value}')}")


def may_write(role: str, type_: str, kind: str) -> bool:
    """Whether a role may write this kind of record. Everybody who writes at all may add to the directory."""
    try:
        held = AccessRole(role)
    except ValueError:
        return False
    wanted = WRITTEN_BY.get(type_, ())
    if type_ in _DIRECTORY and kind == "create":
        wanted = (*wanted, *_CARE)
    return any(TABLE[permission][held] is Cell.YES for permission in wanted)


def parent_of(body: Mapping[str, Any]) -> str | None:
    """The id of the record that this one hangs on; None for one that hangs on nobody."""
    found = (body.get(column) for column in PARENT_KINDS)
    return next((it for it in found if isinstance(it, str) and 0 < len(it) <= 200), None)


def fault_of_body(type_: str, body: Mapping[str, Any]) -> Fault | None:
    """Why this body is not taken; None where it is.

    PostgreSQL keeps no NUL and no half characters in JSON; and what could be kept but not be sent again, as a number
    beyond 64 bits or lists in lists without end, would stop everybody's exchange of the bucket.
    """
    unkept = _unkept(body)
    if unkept is not None:
        return unkept
    number = body.get("nhs_number") if type_ == "person" else None
    if number is not None and (not isinstance(number, str) or fault_of(number) is not None):
        return Fault("nhs_number", words("central.fault.nhs_number"))
    return _fault_of_paper(body) if type_ == "case_paper" else None


def _fault_of_paper(body: Mapping[str, Any]) -> Fault | None:
    """Content is named as it is checked, and no larger than it is taken."""
    size, sha256 = body.get("size"), body.get("sha256")
    if type(size) is not int or not 0 < size <= MOST_BLOB:
        return Fault("size", words("central.fault.size", most=MOST_BLOB // 1024 // 1024))
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        return Fault("sha256", words("central.fault.sha256"))
    return None


def _unkept(value: object, name: str = "", depth: int = 0) -> Fault | None:
    """The first field whose text or number cannot be kept and sent."""
    if isinstance(value, str):
        unkept = "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value)
        return Fault(name, words("central.fault.signs")) if unkept else None
    if isinstance(value, int):
        return None if -_INTEGERS <= value < _INTEGERS else Fault(name, words("central.fault.number"))
    if isinstance(value, float):
        return None if math.isfinite(value) else Fault(name, words("central.fault.number"))
    if depth > _DEEPEST:
        return Fault(name, words("central.fault.depth"))
    if isinstance(value, Mapping):
        # A name is looked at before it is told as the field's.
        found = (
            _unkept(str(key), name or "?") or _unkept(part, name or str(key), depth + 1) for key, part in value.items()
        )
        return next((it for it in found if it is not None), None)
    if isinstance(value, list):
        return next((it for part in value if (it := _unkept(part, name, depth + 1)) is not None), None)
    return None


def id_hash(type_: str, id_: str) -> str:
    """What stays of an erased record's id."""
    return hashlib.sha256(f"{type_}|{id_}".encode()).hexdigest()
