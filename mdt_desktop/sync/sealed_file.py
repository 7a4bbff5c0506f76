"""One sealed file between sites whose networks do not meet: signed by its sender, readable by its recipient only.

A file is, one after the other: a fixed beginning, the lengths of what follows, a head in JSON (`from`, `to`, `kind`,
`no`: ids and a number, nothing about anybody), the sender's passing X25519 key, what is in it under ChaCha20-Poly1305,
and an Ed25519 signature of all that. The cipher's key comes by HKDF-SHA256 from the passing key and the recipient's;
the head is bound into the cipher, so that nobody can put a signature of their own over another's words.

BundleRefused
├── NotABundle            another kind of file
├── BundleTooLarge        larger than anything that is written here
├── BundleCutShort        its end is missing
├── BundleNotForHere      sealed for another recipient
├── BundleSenderUnknown   from somebody who is not known here, or not any more
├── BundleChanged         something in it is not as it was signed
├── BundleNotUnderstood   whole and rightly signed, and of another program
├── BundleEarlierMissing  one that was made before it has not arrived; `number`
└── BundleCopied          its changes come from a copied store
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import orjson
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mdt_desktop.domain.errors import BadInput

MOST_BYTES = 24 << 20
"""The largest file that is read or written."""
_BEGINNING = b"MDT Desktop bundle 1\n"
_LENGTHS = struct.Struct(">IQ")
_MOST_HEAD = 1000
_KEY, _SIGNATURE, _NONCE = 32, 64, 12


class BundleRefused(BadInput):
    """A file that is not taken; nothing of it was."""

    code = "bundle_refused"


class NotABundle(BundleRefused):
    """The file is of another kind."""

    code = "bundle_not_one"


class BundleTooLarge(BundleRefused):
    """The file is larger than any that is written here."""

    code = "bundle_too_large"


class BundleCutShort(BundleRefused):
    """The end of the file is missing."""

    code = "bundle_cut_short"


class BundleNotForHere(BundleRefused):
    """The file is sealed for another recipient."""

    code = "bundle_not_for_here"


class BundleSenderUnknown(BundleRefused):
    """The sender is not known here, or may not send any more."""

    code = "bundle_sender_unknown"


class BundleChanged(BundleRefused):
    """The file is not as it was signed."""

    code = "bundle_changed"


class BundleNotUnderstood(BundleRefused):
    """The file is whole and rightly signed, and says something that this program does not know."""

    code = "bundle_not_understood"


class BundleEarlierMissing(BundleRefused):
    """Changes that were made before those in the file never arrived."""

    code = "bundle_earlier_missing"


class BundleCopied(BundleRefused):
    """The numbers in the file came before with other contents: the sender's store is a copy, or was put back."""

    code = "bundle_copied"


REFUSALS = {
    it.code: it
    for it in (
        BundleRefused, NotABundle, BundleTooLarge, BundleCutShort, BundleNotForHere, BundleSenderUnknown,
        BundleChanged, BundleNotUnderstood, BundleEarlierMissing, BundleCopied,
    )
}  # fmt: skip
"""By code, as a central store names them in its answer."""


class BundleKind(StrEnum):
    """What is in a file: a laptop's changes for the central store, or the central store's answer to them."""

    CHANGES = "changes"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Head:
    """What anybody can read of a file: ids of sender and recipient, what it is, and its number."""

    sender: str
    to: str
    kind: BundleKind
    number: int


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What others need of a site, as hexadecimal text: whose signature it is, and how to seal for it."""

    sign: str
    seal: str

    def require_usable(self) -> None:
        """Raise BundleNotUnderstood for what are no keys."""
        _signer(self.sign)
        _sealer(self.seal)


@dataclass(frozen=True, slots=True, repr=False)
class SiteKeys:
    """The private keys of a laptop or a central store, as hexadecimal text; they never leave its own database."""

    sign: str
    seal: str

    @classmethod
    def make(cls) -> Self:
        """New ones from the system's randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw().hex(),
                   X25519PrivateKey.generate().private_bytes_raw().hex())  # fmt: skip

    def public(self) -> PublicKeys:
        """What is published of them."""
        return PublicKeys(
            Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.sign)).public_key().public_bytes_raw().hex(),
            X25519PrivateKey.from_private_bytes(bytes.fromhex(self.seal)).public_key().public_bytes_raw().hex(),
        )


def seal(head: Head, content: Mapping[str, Any], own: SiteKeys, theirs: PublicKeys) -> bytes:
    """The file. Raises BundleTooLarge, and BundleNotUnderstood where `theirs` are no keys."""
    told = orjson.dumps(
        {"from": head.sender, "to": head.to, "kind": head.kind.value, "no": head.number}, option=orjson.OPT_SORT_KEYS
    )
    passing = X25519PrivateKey.generate()
    public = passing.public_key().public_bytes_raw()
    recipient = _sealer(theirs.seal)
    key, nonce = _key(passing.exchange(recipient), public, recipient)
    plain = orjson.dumps(content)
    begun = _BEGINNING + _LENGTHS.pack(len(told), len(plain) + 16) + told + public
    whole = begun + ChaCha20Poly1305(key).encrypt(nonce, plain, begun)
    if len(whole) + _SIGNATURE > MOST_BYTES:
        raise BundleTooLarge
    return whole + Ed25519PrivateKey.from_private_bytes(bytes.fromhex(own.sign)).sign(whole)


def head_of(data: bytes) -> Head:
    """What a file says it is; nothing of it is proved. Raises NotABundle, BundleTooLarge, BundleCutShort."""
    return _parted(data)[0]


def opened(data: bytes, me: str, own: SiteKeys, theirs: PublicKeys) -> Mapping[str, Any]:
    """What is in a file for `me` from whoever has the keys `theirs`. Raises a `BundleRefused`, before it decrypts."""
    head, begun, sealed, signature = _parted(data)
    if head.to != me:
        raise BundleNotForHere
    try:
        _signer(theirs.sign).verify(signature, begun + sealed)
        public = begun[-_KEY:]
        mine = X25519PrivateKey.from_private_bytes(bytes.fromhex(own.seal))
        shared = mine.exchange(X25519PublicKey.from_public_bytes(public))
        key, nonce = _key(shared, public, mine.public_key())
        plain = ChaCha20Poly1305(key).decrypt(nonce, sealed, begun)
    except (InvalidSignature, InvalidTag, ValueError) as error:
        raise BundleChanged from error
    try:
        content = orjson.loads(plain)
    except orjson.JSONDecodeError as error:
        raise BundleNotUnderstood from error
    if not isinstance(content, dict):
        raise BundleNotUnderstood
    return content


def _parted(data: bytes) -> tuple[Head, bytes, bytes, bytes]:
    """Head, all before the cipher's text, that text, and the signature."""
    if len(data) > MOST_BYTES:
        raise BundleTooLarge
    if not data.startswith(_BEGINNING):
        raise NotABundle
    at = len(_BEGINNING) + _LENGTHS.size
    if len(data) < at:
        raise BundleCutShort
    head_bytes, sealed_bytes = _LENGTHS.unpack(data[len(_BEGINNING) : at])
    if head_bytes > _MOST_HEAD or sealed_bytes > MOST_BYTES:
        raise BundleChanged
    begun, end = at + head_bytes + _KEY, at + head_bytes + _KEY + sealed_bytes
    if len(data) < end + _SIGNATURE:
        raise BundleCutShort
    if len(data) > end + _SIGNATURE:
        raise BundleChanged
    return _head(data[at : at + head_bytes]), data[:begun], data[begun:end], data[end:]


def _head(told: bytes) -> Head:
    try:
        given = orjson.loads(told)
        sender, to, number = given["from"], given["to"], given["no"]
        kind = BundleKind(given["kind"])
    except (ValueError, KeyError, TypeError) as error:
        raise BundleChanged from error
    if not (isinstance(sender, str) and isinstance(to, str) and isinstance(number, int) and number > 0):
        raise BundleChanged
    return Head(sender, to, kind, number)


def _key(shared: bytes, passing: bytes, recipient: X25519PublicKey) -> tuple[bytes, bytes]:
    """Key and nonce of one file: the passing key is new each time, so neither ever comes twice."""
    salt = passing + recipient.public_bytes_raw()
    made = HKDF(SHA256(), _KEY + _NONCE, salt, b"MDT Desktop bundle 1").derive(shared)
    return made[:_KEY], made[_KEY:]


def _signer(public: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    except ValueError as error:
        raise BundleNotUnderstood from error


def _sealer(public: str) -> X25519PublicKey:
    try:
        return X25519PublicKey.from_public_bytes(bytes.fromhex(public))
    except ValueError as error:
        raise BundleNotUnderstood from error
