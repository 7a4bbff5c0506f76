"""Localities and accounts, as whoever administers the store makes and ends them."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from mdt_desktop.central import audit, memberships, second_factor
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.errors import LocalityExists, NoSuchLocality, NoSuchUser, UserExists
from mdt_desktop.central.rules import require_bucket_role
from mdt_desktop.central.sign_in import name_key
from mdt_desktop.central.tables import ACCOUNT, BUCKET, LOCALITY, SUBJECT
from mdt_desktop.central.tokens import Ended, end_families
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.permissions import AccessRole

ORDINARY, RESTRICTED = "ordinary", "restricted"


def locality_id(name: str) -> str:
    """The id that a laptop gives to a locality of this name too, without having asked anybody."""
    return id_from("locality", " ".join(name.split()).casefold())


def bucket_of(locality: str, tier: str) -> str:
    """A bucket's id. The ordinary one has its locality's own, so that laptops know it before they connect."""
    return locality if tier == ORDINARY else id_from("bucket", locality, tier)


def add_locality(connection: Connection, name: str, by: str, now: datetime) -> str:
    """Add a locality with its two buckets; its id. Raises LocalityExists."""
    tidy = " ".join(name.split())
    made = locality_id(tidy)
    if connection.execute(select(LOCALITY.c.id).where(LOCALITY.c.id == made)).first():
        raise LocalityExists(name=tidy)
    connection.execute(LOCALITY.insert().values(id=made, name=tidy, made_at=moment_text(now)))
    connection.execute(
        BUCKET.insert(),
        [
            {"id": bucket_of(made, tier), "locality_id": made, "tier": tier, "epoch": str(uuid.uuid4())}
            for tier in (ORDINARY, RESTRICTED)
        ],
    )
    audit.append(connection, now, [CentralAct("add_locality", by, bucket=made)])
    return made


def find_locality(connection: Connection, name: str) -> str:
    """The id of a locality by its name. Raises NoSuchLocality, which names those there are."""
    wanted = locality_id(name)
    known = {row.id: row.name for row in connection.execute(select(LOCALITY).order_by(LOCALITY.c.name))}
    if wanted not in known:
        raise NoSuchLocality(name=name, known=", ".join(known.values()) or "–")
    return wanted


def add_user(
    connection: Connection,
    name: str,
    role: AccessRole,
    localities: Sequence[str],
    password_hash: str,
    by: str,
    now: datetime,
    *,
    with_restricted: bool = False,
) -> str:
    """Add an account with the ordinary buckets of its localities, and on request the restricted ones; its id.

    Raises UserExists, NoSuchLocality, RoleWithoutBucket.
    """
    require_bucket_role(role)
    tidy = " ".join(name.split())
    if connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name_key == name_key(tidy))).first():
        raise UserExists(name=tidy)
    found = [find_locality(connection, locality) for locality in localities]
    made = str(uuid.uuid4())
    connection.execute(
        ACCOUNT.insert().values(
            id=made,
            name=tidy,
            name_key=name_key(tidy),
            role=role.value,
            password_hash=password_hash,
            status="active",
            grants_ver=0,
            made_at=moment_text(now),
        )
    )
    tiers = (ORDINARY, RESTRICTED) if with_restricted else (ORDINARY,)
    buckets = [bucket_of(locality, tier) for locality in found for tier in tiers]
    for bucket in buckets:
        memberships.give(connection, made, bucket, role.value, now)
    acts = [CentralAct("add_user", by, records=[made], detail=role.value)]
    acts += [CentralAct("give_bucket", by, bucket=bucket, records=[made], detail=role.value) for bucket in buckets]
    audit.append(connection, now, acts)
    return made


def find_user(connection: Connection, name: str) -> str:
    """The id of an account by its name, active or not. Raises NoSuchUser."""
    found = connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name_key == name_key(name))).scalar()
    if found is None:
        raise NoSuchUser(name=name)
    return str(found)


def revoke_user(connection: Connection, name: str, by: str, now: datetime) -> str:
    """Let somebody in no more, on whatever laptop, from the next request on; the id. Raises NoSuchUser."""
    user = find_user(connection, name)
    connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == user).values(status="revoked"))
    end_families(connection, Ended.REVOKED, user_id=user)
    audit.append(connection, now, [CentralAct("revoke_user", by, records=[user])])
    return user


def give_second_factor(connection: Connection, name: str, by: str, now: datetime) -> str:
    """Give an account a new second factor; the address for an authenticator app, shown this once. Raises NoSuchUser."""
    user = find_user(connection, name)
    secret = second_factor.enrol(connection, user, now)
    audit.append(connection, now, [CentralAct("give_second_factor", by, records=[user])])
    known_as = connection.execute(select(ACCOUNT.c.name).where(ACCOUNT.c.id == user)).scalar_one()
    return second_factor.address_for_apps(known_as, "MDT Desktop", secret)


def remove_second_factor(connection: Connection, name: str, by: str, now: datetime) -> bool:
    """Let an account sign in without a code; says whether it had a second factor. Raises NoSuchUser."""
    user = find_user(connection, name)
    if not second_factor.remove(connection, user):
        return False
    audit.append(connection, now, [CentralAct("remove_second_factor", by, records=[user])])
    return True


def unlink(connection: Connection, name: str, by: str, now: datetime) -> bool:
    """Forget who an account is at another provider: the next sign-in there that names it holds from then on.

    Says whether there was anything to forget. Raises NoSuchUser.
    """
    user = find_user(connection, name)
    if not connection.execute(delete(SUBJECT).where(SUBJECT.c.user_id == user)).rowcount:
        return False
    audit.append(connection, now, [CentralAct("unlink_user", by, records=[user])])
    return True


def change_membership(
    connection: Connection,
    name: str,
    locality: str,
    tier: str,
    role: AccessRole | None,
    by: str,
    now: datetime,
) -> bool:
    """Give somebody a bucket in a role, or end it where `role` is None; says whether anything changed.

    Raises NoSuchUser, NoSuchLocality, RoleWithoutBucket.
    """
    user = find_user(connection, name)
    bucket = bucket_of(find_locality(connection, locality), tier)
    if role is None:
        if not memberships.end(connection, user, bucket, now):
            return False
        audit.append(connection, now, [CentralAct("end_bucket", by, bucket=bucket, records=[user])])
        return True
    require_bucket_role(role)
    memberships.give(connection, user, bucket, role.value, now)
    audit.append(
        connection, now, [CentralAct("give_bucket", by, bucket=bucket, records=[user], detail=role.value)]
    )
    return True
