"""The built-in sign-in by name and password: Argon2id, limits by account, address and password tried (SECURITY R37)."""

import hashlib
import hmac
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from mdt_desktop.central import audit, second_factor
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.database import CentralDatabase
from mdt_desktop.central.devices import register
from mdt_desktop.central.errors import SecondFactorNeeded, SignInRefused, TooManyTries
from mdt_desktop.central.store_facts import sign_in_key
from mdt_desktop.central.tables import ACCOUNT, TRIED_SIGN_IN
from mdt_desktop.central.tokens import TokenPair, begin_family
from mdt_desktop.domain.dates import moment_text


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries within so long a time."""

    most: int
    within: timedelta


PER_ACCOUNT = Limit(10, timedelta(minutes=5))
PER_ADDRESS = Limit(30, timedelta(minutes=1))
LOCK_OUT = Limit(50, timedelta(days=1))
"""Wrong tries at one account in a day, after which it is shut until the oldest of them is a day old."""
ACCOUNTS_PER_PASSWORD = Limit(5, timedelta(hours=1))
"""One password tried at more accounts than this is somebody who sprays."""
_KEPT = timedelta(days=1)
# Twenty bits tell apart what is tried in an hour, and tell nobody what it was.
_PASSWORD_SIGNS = 5
_AT_ONCE = 4


class PasswordCheck:
    """Argon2id with the parameters of the key file (SECURITY R1), a few at a time: each takes 64 MiB of memory."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        # An unknown name costs the same time as a known one.
        self._nobody = self._hasher.hash("no account has this password")

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._slots:
            return self._hasher.hash(_normalised(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether the password belongs to what is kept; False, in the same time, where nothing is."""
        with self._slots:
            try:
                right = bool(self._hasher.verify(kept or self._nobody, _normalised(password)))
            except (Argon2Error, InvalidHashError):
                right = False
        return right and bool(kept)


def name_key(name: str) -> str:
    """A name as accounts are found by it: no difference of case, width or spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass(frozen=True, slots=True)
class Trial:
    """One try to sign in: what was given, and from which address."""

    name: str
    password: str
    device: str
    device_name: str
    address: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Proved:
    """Whose name and password they were, the number of the try, and whether a one-time code is asked for as well."""

    number: int
    user_id: str
    name: str
    asks_code: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who it is, and the device's first tokens."""

    user_id: str
    name: str
    role: str
    tokens: TokenPair


def sign_in(
    database: CentralDatabase, passwords: PasswordCheck, trial: Trial, clock: Callable[[], datetime]
) -> SignedIn:
    """Sign in by name, password and, where the account has one, the one-time code, and register the device.

    Raises as `prove` does, SecondFactorNeeded where the code was not given, DeviceOfAnother, DeviceRevoked.
    """
    proved = prove(database, passwords, trial, clock)
    if proved.asks_code and not trial.code:
        database.write(lambda connection: went_well(connection, proved.number))
        raise SecondFactorNeeded

    def begin(connection: Connection) -> SignedIn | None:
        now = clock()
        if proved.asks_code and not second_factor.take(connection, proved.user_id, trial.code, now):
            return None
        went_well(connection, proved.number)
        return begin_session(connection, proved.user_id, trial.device, trial.device_name, now)

    signed = database.write(begin)
    if signed is None:
        raise SignInRefused
    return signed


def prove(
    database: CentralDatabase, passwords: PasswordCheck, trial: Trial, clock: Callable[[], datetime]
) -> Proved:
    """Whose name and password these are; whoever goes on says that it went well, or it counts as a wrong try.

    The try is counted before the password is looked at. Raises TooManyTries, SignInRefused (the same, in the same
    time, for an unknown name, a wrong password and a revoked account).
    """
    number = _counted(database, trial, clock)
    with database.reading() as connection:
        account = connection.execute(select(ACCOUNT).where(ACCOUNT.c.name_key == name_key(trial.name))).first()
        asks_code = account is not None and second_factor.has(connection, account.id)
    active = account is not None and account.status == "active"
    fits = passwords.fits(account.password_hash if account is not None and active else None, trial.password)
    if account is None or not fits:
        raise SignInRefused
    return Proved(number, account.id, account.name, asks_code)


def prove_code(
    database: CentralDatabase, user_id: str, code: str, address: str, clock: Callable[[], datetime]
) -> None:
    """Take a one-time code in a step of its own, counted as a try of the account.

    Raises TooManyTries, SignInRefused for a code that is wrong or was used.
    """
    with database.reading() as connection:
        name = connection.execute(select(ACCOUNT.c.name).where(ACCOUNT.c.id == user_id)).scalar_one()
    number = _counted(database, Trial(name, "", "", "", address), clock)

    def taken(connection: Connection) -> bool:
        if not second_factor.take(connection, user_id, code, clock()):
            return False
        went_well(connection, number)
        return True

    if not database.write(taken):
        raise SignInRefused


def begin_session(connection: Connection, user_id: str, device: str, device_name: str, now: datetime) -> SignedIn:
    """Register the device of somebody who proved who they are, and give it its tokens.

    Raises SignInRefused for an account that was revoked meanwhile, DeviceOfAnother, DeviceRevoked.
    """
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.id == user_id).with_for_update()).one()
    if row.status != "active":
        raise SignInRefused
    register(connection, row.id, device, device_name, now)
    pair = begin_family(connection, row.id, device, now)
    audit.append(connection, now, [CentralAct("sign_in", row.name, device)])
    return SignedIn(row.id, row.name, row.role, pair)


def went_well(connection: Connection, number: int) -> None:
    """The try of this number was no wrong one."""
    connection.execute(update(TRIED_SIGN_IN).where(TRIED_SIGN_IN.c.no == number).values(went_well=True))


def _counted(database: CentralDatabase, trial: Trial, clock: Callable[[], datetime]) -> int:
    number, waiting = database.write(lambda connection: _admitted(connection, trial, clock()))
    if waiting:
        raise TooManyTries(seconds=waiting)
    return number


def _admitted(connection: Connection, trial: Trial, now: datetime) -> tuple[int, int]:
    """Count the try; its number, and the seconds to wait where it is one too many."""
    # The audit's lock puts tries in a row, so that many at once cannot slip through together.
    audit.lock_head(connection)
    key = sign_in_key(connection)
    tried = TRIED_SIGN_IN
    connection.execute(delete(tried).where(tried.c.at < moment_text(now - _KEPT)))
    connection.execute(
        update(tried)
        .where(tried.c.at < moment_text(now - ACCOUNTS_PER_PASSWORD.within), tried.c.password_key != "")
        .values(password_key="")
    )
    account = _keyed(key, "account", name_key(trial.name))
    address = _keyed(key, "address", trial.address)
    # A one-time code in a step of its own comes with no password: there is nothing to spray then.
    password = _keyed(key, "password", trial.password)[:_PASSWORD_SIGNS] if trial.password else ""
    waits = [
        _wait(connection, PER_ACCOUNT, now, tried.c.account_key == account),
        _wait(connection, PER_ADDRESS, now, tried.c.address_key == address),
        _wait(connection, LOCK_OUT, now, tried.c.account_key == account),
        _sprayed(connection, password, account, now),
    ]
    seconds = max(waits)
    if seconds:
        audit.append(connection, now, [CentralAct("sign_in_limited", device=trial.device)])
        return 0, seconds
    number = connection.execute(
        tried.insert()
        .values(
            at=moment_text(now),
            account_key=account,
            address_key=address,
            password_key=password,
            went_well=False,
        )
        .returning(tried.c.no)
    ).scalar_one()
    audit.append(connection, now, [CentralAct("sign_in_tried", device=trial.device)])
    return int(number), 0


def _wait(connection: Connection, limit: Limit, now: datetime, whose: ColumnElement[bool]) -> int:
    """Seconds until fewer than the limit's wrong tries are left in its time; 0 where there is room."""
    tried = TRIED_SIGN_IN
    wrong = (
        select(tried.c.at)
        .where(whose, tried.c.went_well.is_(False), tried.c.at > moment_text(now - limit.within))
        .order_by(tried.c.at.desc())
        .limit(limit.most)
    )
    times = connection.execute(wrong).scalars().all()
    if len(times) < limit.most:
        return 0
    free = datetime.fromisoformat(times[-1]) + limit.within
    return max(1, int((free - now).total_seconds()) + 1)


def _sprayed(connection: Connection, password: str, account: str, now: datetime) -> int:
    """Seconds to wait where this password was tried, wrongly, at too many other accounts."""
    tried = TRIED_SIGN_IN
    if not password:
        return 0
    others = connection.execute(
        select(func.count(tried.c.account_key.distinct())).where(
            tried.c.password_key == password,
            tried.c.account_key != account,
            tried.c.went_well.is_(False),
            tried.c.at > moment_text(now - ACCOUNTS_PER_PASSWORD.within),
        )
    ).scalar_one()
    return int(ACCOUNTS_PER_PASSWORD.within.total_seconds()) if others >= ACCOUNTS_PER_PASSWORD.most else 0


def _keyed(key: bytes, what: str, text: str) -> str:
    return hmac.new(key, f"{what}\x1f{text}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _normalised(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
