"""The requests of the sync protocol as they must look; what is too long, too many or of another kind is refused."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mdt_desktop.central.operations import Operation, OpKind
from mdt_desktop.central.rules import MOST_OPS, PAGE
from mdt_desktop.domain.audit_head import AuditHead

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
Id = Annotated[str, StringConstraints(pattern=_UUID)]
# A person's score in a run and a device's audit entries have names of their own making.
RecordId = Annotated[str, StringConstraints(min_length=1, max_length=36, pattern=r"^[0-9A-Za-z_.:-]+$")]
TypeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,49}$")]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
_LONG = 1 << 53


class _Request(BaseModel):
    """What a newer laptop sends in addition is passed over."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)


class RegisterRequest(_Request):
    """The built-in sign-in without a browser. `totp` is the one-time code, where the account has a second factor."""

    user: ShortText
    password: Secret
    device: Id
    device_name: ShortText
    totp: Annotated[str, StringConstraints(max_length=20)] = ""
    scope: Annotated[str, StringConstraints(max_length=1000)] = ""
    """SMART scopes: the tokens are then for these of the FHIR façade only."""


class SignInRequest(_Request):
    """What the browser sign-in gave: the token, and the secret that its nonce was made of on this device."""

    id_token: Annotated[str, StringConstraints(min_length=1, max_length=16_384)]
    proof: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{43,128}$")]
    device: Id
    device_name: ShortText
    scope: Annotated[str, StringConstraints(max_length=1000)] = ""
    """As in RegisterRequest."""


class RefreshRequest(_Request):
    """The next pair of tokens for a refresh token."""

    refresh: Secret
    device: Id


class WireHead(_Request):
    """The head of the audit that a laptop remembers."""

    epoch: Id
    entry: int = Field(ge=0, lt=_LONG)
    hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    def head(self) -> AuditHead:
        """The same as a value."""
        return AuditHead(self.epoch, self.entry, self.hash)


class SessionRequest(_Request):
    """What a laptop says of itself when it begins to exchange."""

    device: Id
    app: ShortText
    schema_: int = Field(alias="schema", ge=1, lt=_LONG)
    audit: WireHead | None = None


class WireOperation(_Request):
    """One operation of the outbox."""

    op_no: int = Field(ge=1, lt=_LONG)
    group: int = Field(ge=0, lt=_LONG)
    bucket: Id
    type: TypeName
    id: RecordId
    kind: Literal["create", "update", "delete", "conflict", "resolve", "audit"]
    base_ver: int = Field(ge=0, lt=1 << 31)
    set: dict[str, Any]
    made_at: ShortText
    schema_: int = Field(alias="schema", ge=1, lt=_LONG)

    def operation(self) -> Operation:
        """As the store takes it."""
        return Operation(
            self.op_no,
            self.group,
            self.bucket,
            self.type,
            self.id,
            OpKind(self.kind),
            self.base_ver,
            self.set,
            self.made_at,
            self.schema_,
        )


class PushRequest(_Request):
    """Operations in any order of one device; their numbers follow each other."""

    device: Id
    ops: list[WireOperation] = Field(min_length=1, max_length=MOST_OPS)


class FetchRequest(_Request):
    """Types and ids of records to be sent whole."""

    # JSON has lists and no tuples.
    model_config = ConfigDict(strict=False)

    ids: list[tuple[TypeName, RecordId]] = Field(min_length=1, max_length=PAGE)


class WireReceipt(_Request):
    """A record that was removed; with the bucket's own id, the whole bucket."""

    kind: Literal["evict", "erase"]
    bucket: Id
    type: Annotated[str, StringConstraints(max_length=50, pattern=r"^[^\x00]*$")] = ""
    id: Annotated[str, StringConstraints(max_length=36, pattern=r"^[^\x00]*$")] = ""


class ReceiptsRequest(_Request):
    """What a device removed."""

    device: Id
    done: list[WireReceipt] = Field(min_length=1, max_length=1000)


class KeysRequest(_Request):
    """The public keys of a device, as hexadecimal text."""

    device: Id
    sign: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    seal: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class CarriedRequest(_Request):
    """A sealed file of changes, as base64."""

    bundle: Annotated[str, StringConstraints(min_length=1, max_length=1 << 20)]


class PenRequest(_Request):
    """What a laptop wants of the pen of a meeting."""

    meeting: Id
    wish: Literal["look", "take", "ask", "give", "end"]
