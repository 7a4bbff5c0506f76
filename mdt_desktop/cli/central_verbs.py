"""The verbs of `mdt-central`: each opens the store, does one thing, and closes it."""

import getpass
import io
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import segno
from sqlalchemy import Connection

from mdt_desktop.central import accounts, devices, moving, serving_account, signing_keys, tidying, witnesses
from mdt_desktop.central import audit as chain
from mdt_desktop.central import backup as backups
from mdt_desktop.central.accounts import ORDINARY, RESTRICTED
from mdt_desktop.central.anchoring import anchoring
from mdt_desktop.central.anchoring import write as write_anchor
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.errors import AdminNeedsOwner
from mdt_desktop.central.other_provider import NAME_CLAIM, OtherProvider, ProviderAddress, is_secure
from mdt_desktop.central.row_guard import Standing
from mdt_desktop.central.rules import role_named
from mdt_desktop.central.serving import Listening, require_secure
from mdt_desktop.central.serving import serve as serve_store
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.documents.writing import write_new
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.domain.restricted import require_sentence
from mdt_desktop.security.passphrase import check_strength
from mdt_desktop.words import words

_PASSES_BY = (Standing.OWNER, Standing.ABOVE)


class NoSuchRole(BadInput):
    """The role is neither an access role nor a job of the program. Values: `given`, `choices`."""

    code = "no_such_role"


class CertificateIncomplete(BadInput):
    """A certificate needs its key, and a key its certificate."""

    code = "certificate_incomplete"


class PublicUrlRefused(BadInput):
    """The store cannot be known by this address. Values: `url`."""

    code = "public_url_refused"


@contextmanager
def _opened(options: Namespace) -> Iterator[CentralStore]:
    folder = Path(options.data) if options.data is not None else None
    secrets = Path(options.secrets_key) if options.secrets_key is not None else None
    store = open_store(folder, options.database, secrets=secrets, secrets_anew=options.verb == "keys_anew")
    try:
        if options.verb != "serve" and store.database.standing is Standing.GUARDED:
            raise AdminNeedsOwner
        yield store
    finally:
        store.close()


def serve(options: Namespace, terminal: Terminal) -> Answer:
    """Answer laptops until asked to end."""
    if (options.certificate is None) != (options.key is None):
        raise CertificateIncomplete
    files = [None if it is None else Path(it) for it in (options.certificate, options.key)]
    where = Listening(options.host, options.port, files[0], files[1])
    # Before the database is touched: a server that may not listen should not make one.
    require_secure(where)
    # Once the server has closed in order it hands on the signal that asked for it.
    provider, public_url = _provider(options), _public_url(options)
    with _opened(options) as store, suppress(KeyboardInterrupt):
        known = replace(store, provider=provider, public_url=public_url)
        if store.database.standing in _PASSES_BY:
            terminal.say(words(f"cli.central.rows_{store.database.standing}"))
        if store.secrets_file is None:
            terminal.say(words("cli.central.secrets_in_clear"))

        def started(address: str) -> None:
            terminal.say(words("cli.central.listening", address=address))

        with anchoring(store, None if options.anchor is None else Path(options.anchor)):
            serve_store(known, where, started)
    return Answer({"ended": True}, words("cli.central.ended"))


def user_add(options: Namespace, terminal: Terminal) -> Answer:
    """Add an account with its localities."""
    role = _role(options.role)
    password = ""
    if options.password_file is not None:
        password = terminal.password_from(options.password_file)
        check_strength(password, [options.name, *options.locality])
    with _opened(options) as store:
        # Without a password there is only the way through another provider.
        hashed = store.passwords.hash(password) if password else ""
        made = store.database.write(
            lambda connection: accounts.add_user(
                connection,
                options.name,
                role,
                options.locality,
                hashed,
                _by(),
                store.clock(),
                with_restricted=options.restricted,
            )
        )
    return Answer({"user": made, "name": options.name}, words("cli.central.user_added", name=options.name))


def user_revoke(options: Namespace, terminal: Terminal) -> Answer:
    """Let somebody in no more."""
    with _opened(options) as store:
        user = store.database.write(
            lambda connection: accounts.revoke_user(connection, options.name, _by(), store.clock())
        )
    return Answer({"user": user, "name": options.name}, words("cli.central.user_revoked", name=options.name))


def user_totp(options: Namespace, terminal: Terminal) -> Answer:
    """Give an account a second factor and show its secret once, or take it away."""
    name = options.name
    with _opened(options) as store:
        if options.off:
            removed = store.database.write(
                lambda connection: accounts.remove_second_factor(connection, name, _by(), store.clock())
            )
            text = words("cli.central.totp_off" if removed else "cli.central.totp_was_off", name=name)
            return Answer({"name": name, "removed": removed}, text, done=removed)
        address = store.database.write(
            lambda connection: accounts.give_second_factor(connection, name, _by(), store.clock())
        )
    drawn = io.StringIO()
    segno.make(address, error="m").terminal(drawn, compact=True)
    text = f"{words('cli.central.totp_on', name=name)}\n{address}\n{drawn.getvalue()}"
    return Answer({"name": name, "otpauth": address}, text)


def user_unlink(options: Namespace, terminal: Terminal) -> Answer:
    """Forget who an account is at another sign-in provider."""
    with _opened(options) as store:
        done = store.database.write(lambda connection: accounts.unlink(connection, options.name, _by(), store.clock()))
    text = words("cli.central.unlinked" if done else "cli.central.was_not_linked", name=options.name)
    return Answer({"name": options.name, "unlinked": done}, text, done=done)


def keys_rotate(options: Namespace, terminal: Terminal) -> Answer:
    """Sign with a new key from now on."""
    with _opened(options) as store:

        def rotated(connection: Connection) -> str:
            made = signing_keys.rotate(connection, store.clock())
            chain.append(connection, store.clock(), [CentralAct("rotate_signing_key", _by())])
            return made

        key = store.database.write(rotated)
    return Answer({"key": key}, words("cli.central.keys_rotated", id=key))


def keys_anew(options: Namespace, terminal: Terminal) -> Answer:
    """Give up what was sealed under a key that is lost, and go on with the key that is there, or with a new one."""
    with _opened(options) as store:
        count = store.second_factors_given_up
        act = CentralAct("secrets_anew", _by(), detail=f"{count} second factors given up")
        store.database.write(lambda connection: chain.append(connection, store.clock(), [act]))
    return Answer({"second_factors": count}, words("cli.central.keys_anew", count=count))


def serving_list(options: Namespace, terminal: Terminal) -> Answer:
    """The accounts of the database that serve under row-level security; not done where there is none."""
    with _opened(options) as store, store.database.reading() as connection:
        found = serving_account.granted(connection)
        standing = store.database.standing
    lines = [words("cli.central.rows_guarded", account=it) for it in found]
    document = {"accounts": found, "this_account": standing.value}
    return Answer(document, "\n".join([*lines, words(f"cli.central.rows_{standing}")]), done=bool(found))


def serving_grant(options: Namespace, terminal: Terminal) -> Answer:
    """Let a second account of the database serve; row-level security holds for it."""
    account = options.account
    with _opened(options) as store:

        def granted(connection: Connection) -> None:
            serving_account.grant(connection, account)
            chain.append(connection, store.clock(), [CentralAct("grant_serving", _by(), detail=account)])

        store.database.write(granted)
    return Answer({"account": account}, words("cli.central.serving_granted", account=account))


def member_add(options: Namespace, terminal: Terminal) -> Answer:
    """Give somebody a locality, or another role in it."""
    _change_member(options, _role(options.role))
    text = words("cli.central.member_added", name=options.name, locality=options.locality)
    return Answer({"name": options.name, "locality": options.locality}, text)


def member_end(options: Namespace, terminal: Terminal) -> Answer:
    """Take a locality from somebody; not done where they had none."""
    changed = _change_member(options, None)
    key = "cli.central.member_ended" if changed else "cli.central.member_was_none"
    text = words(key, name=options.name, locality=options.locality)
    return Answer({"name": options.name, "locality": options.locality, "ended": changed}, text, done=changed)


def _change_member(options: Namespace, role: AccessRole | None) -> bool:
    with _opened(options) as store:
        return store.database.write(
            lambda connection: accounts.change_membership(
                connection, options.name, options.locality, _tier(options), role, _by(), store.clock()
            )
        )


def device_list(options: Namespace, terminal: Terminal) -> Answer:
    """Every laptop, the last seen first."""
    with _opened(options) as store, store.database.reading() as connection:
        found = devices.listed(connection)
    lines = [f"{it.device}  {it.status}  {it.last_seen}  {it.user}  {it.name}" for it in found]
    return Answer({"devices": found}, "\n".join(lines) or words("cli.central.no_devices"))


def device_revoke(options: Namespace, terminal: Terminal) -> Answer:
    """Let a laptop in no more."""
    with _opened(options) as store:

        def away(connection: Connection) -> None:
            devices.revoke(connection, options.device)
            act = CentralAct("revoke_device", _by(), options.device)
            chain.append(connection, store.clock(), [act])

        store.database.write(away)
    return Answer({"device": options.device}, words("cli.central.device_revoked", device=options.device))


def locality_add(options: Namespace, terminal: Terminal) -> Answer:
    """Add a locality."""
    with _opened(options) as store:
        made = store.database.write(
            lambda connection: accounts.add_locality(connection, options.name, _by(), store.clock())
        )
    return Answer({"locality": made, "name": options.name}, words("cli.central.locality_added", name=options.name))


def move(options: Namespace, terminal: Terminal) -> Answer:
    """Move everything about a person to another locality or tier; laptops without it remove them."""
    reason = require_sentence(options.reason)
    with _opened(options) as store:

        def moved(connection: Connection) -> moving.TakenOut:
            person = moving.find_person(connection, options.person)
            bucket = accounts.bucket_of(accounts.find_locality(connection, options.locality), _tier(options))
            return moving.move_person(connection, person, bucket, _by(), reason, store.clock())

        taken = store.database.write(moved)
    return Answer({"records": taken.records}, words("cli.central.moved", count=taken.records))


def erase(options: Namespace, terminal: Terminal) -> Answer:
    """Erase everything about a person for ever, and say which laptops have not confirmed it yet."""
    reason = require_sentence(options.reason)
    with _opened(options) as store:

        def erased(connection: Connection) -> tuple[str, moving.TakenOut]:
            person = moving.find_person(connection, options.person)
            return person, moving.erase_person(connection, person, _by(), reason, store.clock())

        person, taken = store.database.write(erased)
        store.database.forget_deleted()
        with store.database.reading() as connection:
            waiting = {
                it.device: it
                for bucket in taken.buckets
                for it in devices.unconfirmed(connection, "erase", bucket, "person", person)
            }
    text = words("cli.central.erased", count=taken.records, devices=len(waiting))
    return Answer({"records": taken.records, "unconfirmed_devices": sorted(waiting)}, text)


def audit(options: Namespace, terminal: Terminal) -> Answer:
    """Prove the chain of the audit log, also against heads kept elsewhere, not done where it does not hold.

    Or write the log to a file, or the head of its chain to the end of one.
    """
    given = Path(options.anchor) if options.anchor is not None else None
    if options.verify:
        return _verify_audit(options, given)
    if given is not None:
        return _anchor_audit(options, given)
    return _export_audit(options)


def _verify_audit(options: Namespace, file: Path | None) -> Answer:
    with _opened(options) as store, store.database.reading() as connection:
        state = chain.chain(connection)
        kept = witnesses.against(connection, file) if file is not None else None
    wrong = [it for it in (state.first_broken, kept.first_wrong if kept is not None else None) if it is not None]
    holds, first = not wrong, min(wrong, default=None)
    document: dict[str, object] = {"verified": holds, "entries": state.entries, "first_broken_entry": first}
    key = "cli.audit.holds" if state.holds else "cli.audit.broken"
    text = words(key, entries=state.entries, entry=state.first_broken or 0)
    if kept is not None:
        document["anchor"] = {
            "heads": kept.heads,
            "proved_to_entry": kept.proved,
            "first_wrong_entry": kept.first_wrong,
            "not_compared": kept.not_compared,
        }
        key = "cli.central.anchor_holds" if kept.first_wrong is None else "cli.central.anchor_broken"
        told = words(
            key, file=file, heads=kept.heads, proved=kept.proved, entry=kept.first_wrong or 0, others=kept.not_compared
        )
        text = f"{text}\n{told}"
    return Answer(document, text, done=holds)


def _anchor_audit(options: Namespace, file: Path) -> Answer:
    with _opened(options) as store:
        head = write_anchor(store, file)
    document = {"file": str(file), "entry": head.seq, "hash": head.hash}
    return Answer(document, words("cli.central.anchored", file=file, entry=head.seq))


def _export_audit(options: Namespace) -> Answer:
    with _opened(options) as store:
        with store.database.reading() as connection:
            lines = list(chain.lines(connection))
        write_new(Path(options.export), "".join(f"{line}\n" for line in lines).encode())
        # What leaves the store is noted in it: the file names who did what to which record.
        act = CentralAct("audit_export", _by(), detail=f"{len(lines) - 1} entries")
        store.database.write(lambda connection: chain.append(connection, store.clock(), [act]))
    document = {"file": options.export, "entries": len(lines) - 1}
    return Answer(document, words("cli.central.exported", entries=len(lines) - 1, file=options.export))


def tidy(options: Namespace, terminal: Terminal) -> Answer:
    """Take away what is kept long enough."""
    with _opened(options) as store:
        done = store.database.write(lambda connection: tidying.tidy(connection, _by(), store.clock()))
    text = words("cli.central.tidied", results=done.results, tokens=done.tokens, blobs=done.blobs, changes=done.changes)
    return Answer({"results": done.results, "tokens": done.tokens, "blobs": done.blobs}, text)


def backup(options: Namespace, terminal: Terminal) -> Answer:
    """Write a backup of the whole store while it is in use."""
    with _opened(options) as store:
        rows = backups.back_up(store.database, Path(options.file), _by(), store.clock)
    text = words("cli.central.backed_up", file=options.file, rows=rows)
    if store.secrets_file is not None:
        text = f"{text} {words('cli.central.keep_key', file=store.secrets_file)}"
    return Answer({"file": options.file, "rows": rows, "secrets_key": store.secrets_file}, text)


def restore(options: Namespace, terminal: Terminal) -> Answer:
    """Put a backup in the place of the store; what it replaces is kept beside the backup."""
    with _opened(options) as store:
        done = backups.restore(store.database, Path(options.file), _by(), store.clock)
        store.database.forget_deleted()
    document = {"made_at": done.made_at, "rows": done.rows, "erased_again": done.erased_again, "kept": done.kept}
    text = words("cli.central.restored", rows=done.rows, erased=done.erased_again, kept=done.kept)
    return Answer(document, text)


def _provider(options: Namespace) -> OtherProvider | None:
    given = (options.oidc_issuer, options.oidc_client, options.oidc_claim)
    if given == (None, None, None):
        return None
    return OtherProvider(ProviderAddress(given[0] or "", given[1] or "", given[2] or NAME_CLAIM))


def _public_url(options: Namespace) -> str:
    given = (options.public_url or "").rstrip("/")
    if given and not is_secure(given):
        raise PublicUrlRefused(url=given)
    return given


def _role(given: str) -> AccessRole:
    try:
        return role_named("_".join(given.casefold().replace("-", " ").replace("_", " ").split()))
    except ValueError as problem:
        raise NoSuchRole(given=given, choices=", ".join(AccessRole)) from problem


def _tier(options: Namespace) -> str:
    return RESTRICTED if options.restricted else ORDINARY


def _by() -> str:
    """Who stands at the machine that the store is on: the system's account."""
    try:
        return f"console:{getpass.getuser()}"
    except (OSError, KeyError, ImportError):
        return f"console:{os.getpid()}@{sys.platform}"
