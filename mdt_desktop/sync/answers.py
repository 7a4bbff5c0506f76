"""Reads what the central store answers into the values of `protocol`, strictly: what is none of ours stops here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mdt_desktop.sync.protocol import (
    AnswerNotUnderstood,
    Digest,
    Entry,
    EntryKind,
    Grant,
    HandedOverTo,
    HandoverAnswer,
    Hello,
    ManifestPage,
    OpResult,
    OpStatus,
    Page,
    Pen,
    SentOperation,
    SessionAnswer,
    SignInWay,
    Tokens,
    Version,
)


class Reading:
    """One JSON object, read by the names and kinds that are expected. Each method raises AnswerNotUnderstood."""

    def __init__(self, document: object) -> None:
        if not isinstance(document, Mapping):
            raise AnswerNotUnderstood
        self._document = document

    def text(self, name: str, otherwise: str | None = None) -> str:
        """A text; `otherwise` where it is null or missing."""
        value = self._document.get(name)
        if value is None and otherwise is not None:
            return otherwise
        if not isinstance(value, str):
            raise AnswerNotUnderstood
        return value

    def moment(self, name: str) -> str:
        """A text that is a moment of the wire."""
        value = self.text(name)
        try:
            if datetime.fromisoformat(value).tzinfo is None:
                raise AnswerNotUnderstood
        except ValueError as error:
            raise AnswerNotUnderstood from error
        return value

    def number(self, name: str) -> int:
        """A whole number from 0 on."""
        value = self._document.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise AnswerNotUnderstood
        return value

    def number_or_none(self, name: str) -> int | None:
        """The same, or None."""
        return None if self._document.get(name) is None else self.number(name)

    def list(self, name: str) -> Sequence[Any]:
        """A list. One that is missing is no empty one: what a portal does not say would be taken for removed."""
        value = self._document.get(name)
        if not isinstance(value, list):
            raise AnswerNotUnderstood
        return value

    def pair(self, name: str) -> tuple[int, int]:
        """Two whole numbers."""
        value = self.list(name)
        if len(value) != 2 or not all(isinstance(it, int) for it in value):
            raise AnswerNotUnderstood
        return value[0], value[1]

    def raw(self, name: str) -> object:
        """What stands under a name, to be read by another function."""
        return self._document.get(name)

    def part(self, name: str) -> "Reading":
        """An object within."""
        return Reading(self._document.get(name))

    def part_or_none(self, name: str) -> "Reading | None":
        """The same, or None."""
        return None if self._document.get(name) is None else self.part(name)

    def truth(self, name: str) -> bool:
        """True or false; false where it is missing."""
        value = self._document.get(name, False)
        if not isinstance(value, bool):
            raise AnswerNotUnderstood
        return value

    def version(self, type_: str, id_: str) -> Version:
        """A record."""
        body = self._document.get("body")
        if body is not None and not isinstance(body, Mapping):
            raise AnswerNotUnderstood
        return Version(type_, id_, self.number("ver"), body, self.text("by", ""), self.text("at", ""))


def hello(document: object) -> Hello:
    """The answer to `hello`."""
    given = Reading(document)
    limits = given.part("limits")
    return Hello(
        given.text("server"), given.pair("protocol"), given.pair("schema"), given.moment("time"),
        limits.number("push_ops"), limits.number("push_bytes"), limits.number("page"), _way(given),
        limits.number_or_none("blob") or 0,
    )  # fmt: skip


def _way(given: Reading) -> SignInWay | None:
    """How somebody signs in there; None at a store that does not say."""
    way = given.part_or_none("sign_in")
    return None if way is None else SignInWay(way.text("issuer"), way.text("client"), way.truth("password"))


def tokens(document: object) -> Tokens:
    """The answer to `register` and `refresh`."""
    given = Reading(document)
    user = given.part("user").text("name")
    return Tokens(given.text("access"), given.text("access_ends"), given.text("refresh"), user)


def session(document: object) -> SessionAnswer:
    """The answer to `session`."""
    given = Reading(document)
    grants = tuple(
        Grant(it.text("bucket"), it.text("locality"), it.text("role"), it.text("tier"), it.moment("lease_until"))
        for it in map(Reading, given.list("grants"))
    )
    evict = tuple(it for it in given.list("must_evict") if isinstance(it, str))
    handed_over = given.number_or_none("handed_over") or 0  # an older central store does not say
    return SessionAnswer(grants, given.number("grants_ver"), evict, handed_over=handed_over)


def page(document: object) -> Page:
    """The answer to `changes`."""
    given = Reading(document)
    digest = given.part_or_none("digest")
    return Page(
        given.text("epoch"),
        tuple(map(_entry, given.list("entries"))),
        given.text("next"),
        given.truth("head"),
        tuple(result(it) for it in given.list("op_results")),
        None if digest is None else Digest(digest.number("count"), _decimal(digest.text("sum"))),
        given.number_or_none("last"),
    )


def _entry(document: object) -> Entry:
    given = Reading(document)
    try:
        kind = EntryKind(given.text("kind"))
    except ValueError as error:
        raise AnswerNotUnderstood from error
    version = given.version(given.text("type", ""), given.text("id", "")) if kind is not EntryKind.SUPERSEDED else None
    return Entry(
        given.number("seq"),
        kind,
        version or Version("", "", 0, None, "", ""),
        given.text("op_device", "") or None,
        given.number_or_none("op_no"),
    )


def result(document: object, of: SentOperation | None = None) -> OpResult:
    """One operation's result; `of` is the operation it answers, where that is known."""
    given = Reading(document)
    current = given.part_or_none("current")
    try:
        status = OpStatus(given.text("status"))
    except ValueError as error:
        raise AnswerNotUnderstood from error
    known = ("", "") if of is None else (of.type, of.id)
    return OpResult(
        given.number("op_no"),
        status,
        given.number_or_none("ver"),
        given.text("bucket", ""),
        None if current is None else current.version(*known),
        given.text("field", ""),
        given.text("message", ""),
        given.number_or_none("seq"),
        given.text("duplicate_of", ""),
    )


def results(document: object, sent: Sequence[SentOperation]) -> tuple[OpResult, ...]:
    """The answer to `push`: a result for each operation that was sent, no more and no less."""
    by_number = {it.op_no: it for it in sent}
    listed = Reading(document).list("results")
    found = tuple(result(it, by_number.get(Reading(it).number("op_no"))) for it in listed)
    if {it.op_no for it in found} != set(by_number):
        raise AnswerNotUnderstood
    return found


def pen(document: object) -> Pen:
    """The answer to `pen`."""
    given = Reading(document)
    return Pen(given.text("holder"), given.truth("mine"), given.text("asked_by"))


def log_told(document: object) -> int:
    """The answer to `audit`: the last entry that is known."""
    return Reading(document).number("last")


def manifest(document: object) -> ManifestPage:
    """The answer to `manifest`."""
    given = Reading(document)
    rows = []
    for row in given.list("rows"):
        if not isinstance(row, list) or len(row) != 3 or not isinstance(row[2], int):
            raise AnswerNotUnderstood
        rows.append((str(row[0]), str(row[1]), row[2]))
    return ManifestPage(given.text("epoch"), tuple(rows), given.number_or_none("next"), given.text("head"))


def fetched(document: object) -> tuple[Version, ...]:
    """The answer to `fetch`."""
    return tuple(it.version(it.text("type"), it.text("id")) for it in map(Reading, Reading(document).list("records")))


def handover_answers(document: object) -> dict[str, HandoverAnswer]:
    """The answer to `handover`, by the id that each was sent with."""
    found = {}
    for it in map(Reading, Reading(document).list("results")):
        try:
            found[it.text("id")] = HandoverAnswer(it.text("status"))
        except ValueError as error:
            raise AnswerNotUnderstood from error
    return found


def handovers(document: object) -> tuple[HandedOverTo, ...]:
    """The answer to the list of what was handed over to a bucket."""
    return tuple(
        HandedOverTo(
            it.text("id"), it.text("bucket"), it.text("type"), it.text("rec_id"), it.text("by"), it.text("at"),
            tuple(change for change in it.list("changes") if isinstance(change, Mapping)),
        )
        for it in map(Reading, Reading(document).list("handovers"))
    )  # fmt: skip


def _decimal(text: str) -> int:
    if not text.isdecimal() or len(text) > 20:
        raise AnswerNotUnderstood
    return int(text)
