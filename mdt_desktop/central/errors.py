"""What the central store refuses as a whole request: each error has its HTTP status; the sentences are in the words.

CentralRefusal
├── BadRequest 400          ├── OperationsMissing, OperationReused 409
├── NotSignedIn 401         ├── CursorTooOld 410
│   ├── TokenEnded          ├── RequestTooLarge 413, EncodingNotRead 415
│   ├── DeviceRevoked       ├── UpgradeNeeded 426
│   ├── SignInRefused       ├── TooManyTries 429
│   ├── SecondFactorNeeded  ├── CentralBusy 503, CentralFull 507
│   └── IdTokenRefused      └── ProviderUnreachable 503
├── NotYours 403            ├── NoSuchBlob 404, BlobWrong 400
│                           └── RangeNotThere 416
└── SignInElsewhere, NoAccountHere 403
"""

from typing import ClassVar

from mdt_desktop.domain.errors import BadInput, MdtError, NotAllowed, NotFound, StoreProblem


class CentralRefusal(MdtError):
    """A request that is refused as a whole."""

    code = "central_refusal"
    status: ClassVar[int] = 400


class BadRequest(CentralRefusal):
    """The request has not the shape that the protocol asks for."""

    code = "bad_request"


class NotSignedIn(CentralRefusal):
    """There is no token, or none that this store gave to this device."""

    code = "not_signed_in"
    status = 401


class TokenEnded(NotSignedIn):
    """The access token has ended: ask for the next one."""

    code = "token_ended"


class DeviceRevoked(NotSignedIn):
    """The account or the device was revoked. Told only to whoever shows a token that this store gave."""

    code = "device_revoked"


class SignInRefused(NotSignedIn):
    """Name and password do not belong together; the same for a name that does not exist."""

    code = "sign_in_refused"


class SecondFactorNeeded(NotSignedIn):
    """Name and password are right, and the account has a second factor: the one-time code was not given."""

    code = "second_factor_needed"


class IdTokenRefused(NotSignedIn):
    """What the sign-in provider gave does not hold, is not meant for this store or not for this laptop."""

    code = "id_token_refused"


class SignInElsewhere(CentralRefusal):
    """Accounts of this store sign in through another provider, in the browser, and not by a password here."""

    code = "sign_in_elsewhere"
    status = 403


class NoAccountHere(CentralRefusal):
    """The provider knows who it is, and this store has no account of theirs, or it belongs to another there."""

    code = "no_account_here"
    status = 403


class NotYours(CentralRefusal):
    """The bucket does not exist, or is not this user's; which of the two is not told."""

    code = "bucket_not_yours"
    status = 403


class DeviceOfAnother(CentralRefusal):
    """The device was registered by another account."""

    code = "device_of_another"
    status = 403


class OperationsMissing(CentralRefusal):
    """Operations between the last known and the first sent were never received. Values: `resend_from`."""

    code = "operations_missing"
    status = 409


class OperationReused(CentralRefusal):
    """A number came twice with different contents: the laptop's store was copied or put back. Values: `op_no`."""

    code = "operation_reused"
    status = 409


class CursorTooOld(CentralRefusal):
    """The cursor is of another epoch or beyond the head: compare with the manifest."""

    code = "cursor_too_old"
    status = 410


class RequestTooLarge(CentralRefusal):
    """More than the limits of `hello` allow. Values: `limit`."""

    code = "request_too_large"
    status = 413


class EncodingNotRead(CentralRefusal):
    """The body is compressed in another way than gzip."""

    code = "encoding_not_read"
    status = 415


class UpgradeNeeded(CentralRefusal):
    """The program on the laptop is too old, or speaks another protocol."""

    code = "upgrade_needed"
    status = 426


class NoSuchBlob(CentralRefusal):
    """No record in use names this content here, or it has not come whole yet; which of the two is not told."""

    code = "no_such_blob"
    status = 404


class BlobWrong(CentralRefusal):
    """The content that came whole is not what its digest names; nothing of it is kept."""

    code = "blob_wrong"


class RangeNotThere(CentralRefusal):
    """The content has no such part. Values: `size`."""

    code = "range_not_there"
    status = 416


class TooManyTries(CentralRefusal):
    """Too many tries to sign in. Values: `seconds` until the next is heard."""

    code = "too_many_sign_ins"
    status = 429


class TooManyPages(TooManyTries):
    """A device has read as much as it may within a minute. Values: `seconds` until it may go on."""

    code = "too_many_pages"


class CentralBusy(CentralRefusal):
    """The database did not answer in time or refused; nothing was changed."""

    code = "central_busy"
    status = 503


class CentralFull(CentralRefusal):
    """The disk of the database is full; nothing was changed (SYNC 6, 42)."""

    code = "central_full"
    status = 507


class ProviderUnreachable(CentralRefusal):
    """The sign-in provider does not answer, or not as one. Nothing was changed."""

    code = "sign_in_provider_unreachable"
    status = 503


class ProviderAddressRefused(BadInput):
    """A sign-in provider is https, or http on this computer, and needs a client id. Values: `url`."""

    code = "sign_in_provider_refused"


class CentralUnreachable(StoreProblem):
    """The central store's database cannot be opened. Values: `reason`."""

    code = "central_unreachable"


class CentralIsNewer(StoreProblem):
    """The central store was written by a newer version. Values: `revision`."""

    code = "central_is_newer"


class CentralNotPrepared(StoreProblem):
    """This account of the database may neither make nor change the tables, and they are not as they should be."""

    code = "central_not_prepared"


class SecretsKeyMissing(StoreProblem):
    """Secrets of this store are sealed, and the file with their key is not there. Values: `file`."""

    code = "secrets_key_missing"


class SecretsKeyWrong(StoreProblem):
    """The key is another one than that the secrets were sealed with."""

    code = "secrets_key_wrong"


class SecretsKeyUnusable(StoreProblem):
    """The file with the key cannot be made or read. Values: `file`, `reason`."""

    code = "secrets_key_unusable"


class AdminNeedsOwner(NotAllowed):
    """This account of the database serves: it has no right to what an administrator does."""

    code = "admin_needs_owner"


class OnlyOnPostgresql(NotAllowed):
    """A second account is for PostgreSQL; a folder is opened by one account of the system."""

    code = "only_on_postgresql"


class NoSuchDatabaseAccount(NotFound):
    """PostgreSQL has no role of this name. Values: `account`."""

    code = "no_such_database_account"


class AccountPassesBy(NotAllowed):
    """Policies do not hold for this role of PostgreSQL. Values: `account`."""

    code = "account_passes_by"


class UserExists(NotAllowed):
    """There is an account of this name, revoked or not. Values: `name`."""

    code = "user_exists"


class RoleWithoutBucket(NotAllowed):
    """This role is shown single records only, so it can be given no bucket. Values: `role`."""

    code = "role_without_bucket"


class LocalityExists(NotAllowed):
    """There is a locality of this name. Values: `name`."""

    code = "locality_exists"


class NoSuchUser(NotFound):
    """Values: `name`."""

    code = "no_such_user"


class NoSuchLocality(NotFound):
    """Values: `name`, `known`."""

    code = "no_such_locality"


class NoSuchDevice(NotFound):
    """Values: `device`."""

    code = "no_such_device"


class NoSuchPerson(NotFound):
    """Nobody with this id or NHS number is in the central store. Values: `person`."""

    code = "no_such_person"


class NotSecure(NotAllowed):
    """Beyond this computer the store answers over TLS only. Values: `host`."""

    code = "central_not_secure"


class AnchorUnreadable(BadInput):
    """The file of the audit's heads cannot be read, or not from a line on. Values: `file`, `line`, 0 for all of it."""

    code = "anchor_unreadable"


class AnchorOfAnother(BadInput):
    """The file holds heads of another central store. Values: `file`."""

    code = "anchor_of_another"


class AnchorRefused(StoreProblem):
    """The system does not let the head be written. Values: `file`, `reason`."""

    code = "anchor_refused"


class CentralBackupUnreadable(BadInput):
    """The file is no whole backup of a central store. Values: `file`."""

    code = "central_backup_unreadable"


class ListenRefused(StoreProblem):
    """The system does not let the server listen there. Values: `host`, `port`, `reason`."""

    code = "central_listen_refused"


class CertificateUnusable(BadInput):
    """The certificate or its key cannot be read, or they do not belong together. Values: `reason`."""

    code = "certificate_unusable"
