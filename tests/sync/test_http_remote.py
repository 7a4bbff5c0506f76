"""What an answer of the central store means to a laptop: each status by its name, and nothing that is not ours."""

from collections.abc import Callable

import httpx
import orjson
import pytest

from mdt_desktop.sync import http_remote
from mdt_desktop.sync.http_remote import CentralAddressRefused, HttpRemote, checked_address
from mdt_desktop.sync.remote import (
    AccessRevoked,
    DeviceCopied,
    FeedGone,
    NotTheCentralStore,
    NotYourBucket,
    NumbersMissing,
    Offline,
    RemoteProblem,
    RequestRefused,
    SignInEnded,
    SignInNeeded,
    StoreElsewhereFailed,
    TooLarge,
    UpgradeNeeded,
)

AT = "2026-11-23T09:00:00.000Z"
Answer = Callable[[httpx.Request], httpx.Response]


def told(status: int, code: str = "any", **more: object) -> Answer:
    return lambda request: httpx.Response(status, json={"code": code, "message": "", **more})


def broken(error: type[httpx.HTTPError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("nothing of this is shown")

    return answer


def plain(status: int, text: str, kind: str, **headers: str) -> Answer:
    return lambda request: httpx.Response(status, text=text, headers={"content-type": kind, **headers})


ANSWERS: dict[str, tuple[Answer, type[RemoteProblem]]] = {
    "401, the token has ended": (told(401, "token_ended"), SignInEnded),
    "401, no token of this store": (told(401, "not_signed_in"), SignInEnded),
    "401, name and password": (told(401, "sign_in_refused"), SignInNeeded),
    "401, revoked": (told(401, "device_revoked"), AccessRevoked),
    "403": (told(403, "bucket_not_yours"), NotYourBucket),
    "404": (told(404, "no_such_place"), RequestRefused),
    "409, numbers are missing": (told(409, "operations_missing", resend_from=7), NumbersMissing),
    "409, a number came twice": (told(409, "operation_reused"), DeviceCopied),
    "410": (told(410, "cursor_too_old"), FeedGone),
    "413": (told(413, "request_too_large"), TooLarge),
    "422": (told(422), RequestRefused),
    "426": (told(426, "upgrade_needed"), UpgradeNeeded),
    "429": (told(429), StoreElsewhereFailed),
    "500": (told(500), StoreElsewhereFailed),
    "502 of a proxy, as a page": (plain(502, "<html>", "text/html"), StoreElsewhereFailed),
    "503": (told(503, "central_busy"), StoreElsewhereFailed),
    "507": (told(507), StoreElsewhereFailed),
    "200 and a page": (plain(200, "<html>", "text/html"), NotTheCentralStore),
    "200 and a page that says it is JSON": (plain(200, "<html>", "application/json"), NotTheCentralStore),
    "200 and nothing": (plain(200, "", "application/json"), NotTheCentralStore),
    "200 and a list": (plain(200, "[]", "application/json"), NotTheCentralStore),
    "200 and JSON of somebody else": (plain(200, '{"login": true}', "application/json"), NotTheCentralStore),
    "403 of a proxy, as a page": (plain(403, "<html>", "text/html"), NotTheCentralStore),
    "511, sign in to the network": (plain(511, "<html>", "text/html"), StoreElsewhereFailed),
    "a way to somewhere else": (plain(302, "", "text/html", location="https://portal.test/"), NotTheCentralStore),
    "no connection": (broken(httpx.ConnectError), Offline),
    "no connection in time": (broken(httpx.ConnectTimeout), Offline),
    "no answer in time": (broken(httpx.ReadTimeout), Offline),
    "a connection that was reset": (broken(httpx.ReadError), Offline),
    "an answer that ends too soon": (broken(httpx.RemoteProtocolError), Offline),
    "a certificate that is not trusted": (broken(httpx.ConnectError), Offline),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_has_its_name(name: str) -> None:
    answer, problem = ANSWERS[name]
    with HttpRemote("https://central.test", httpx.MockTransport(answer)) as remote:
        asked: tuple[Callable[[], object], ...] = (
            lambda: remote.session("access", "device", "0.1.0", 5),
            lambda: remote.changes("access", "device", "bucket", "", 200),
            lambda: remote.push("access", "device", ()),
            lambda: remote.manifest("access", "device", "bucket", 0),
            lambda: remote.fetch("access", "device", "bucket", [("person", "1")]),
            lambda: remote.enrol("access", "device", "new", "name"),
        )
        for ask in asked:
            with pytest.raises(problem) as caught:
                ask()
            assert type(caught.value) is problem


def test_signing_in_that_is_refused_is_a_sign_in_that_is_needed_whatever_its_code() -> None:
    for code in ("token_ended", "not_signed_in", "sign_in_refused"):
        with HttpRemote("https://central.test", httpx.MockTransport(told(401, code))) as remote:
            ways: tuple[Callable[[], object], ...] = (
                lambda: remote.register("n", "p", "d", "l"), lambda: remote.refresh("r", "d"),
            )  # fmt: skip
            for ask in ways:
                with pytest.raises(SignInNeeded):
                    ask()


@pytest.mark.parametrize(("text", "seconds"), [("30", 30.0), ("0", 0.0), ("", None), ("soon", None), ("9" * 9, None)])
def test_when_to_come_again_is_read_as_seconds(text: str, seconds: float | None) -> None:
    def busy(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, json={}, headers={"retry-after": text})

    with HttpRemote("https://central.test", httpx.MockTransport(busy)) as remote:
        with pytest.raises(StoreElsewhereFailed) as caught:
            remote.hello()
        assert caught.value.retry_after == seconds


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_remote, "_MOST_ANSWER_BYTES", 1000)
    asked = plain(200, "x" * 5000, "application/json")
    with HttpRemote("https://central.test", httpx.MockTransport(asked)) as remote, pytest.raises(NotTheCentralStore):
        remote.hello()


def hello(**changed: object) -> Answer:
    limits = {"push_ops": 200, "push_bytes": 1 << 20, "page": 200}
    document = {"server": "s", "protocol": [1, 1], "schema": [1, 5], "time": AT, "limits": limits}
    return lambda request: httpx.Response(200, content=orjson.dumps({**document, **changed}), headers=_JSON)


_JSON = {"content-type": "application/json; charset=utf-8"}
MALFORMED: dict[str, object] = {
    "server": None, "protocol": [1], "schema": "5", "time": "yesterday", "limits": {"push_ops": -1},
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_a_greeting_with_one_thing_wrong_is_not_taken(name: str) -> None:
    with HttpRemote("https://central.test", httpx.MockTransport(hello())) as remote:
        assert remote.hello().server == "s"
    wrong = httpx.MockTransport(hello(**{name: MALFORMED[name]}))
    with HttpRemote("https://central.test", wrong) as remote, pytest.raises(NotTheCentralStore):
        remote.hello()


def test_a_time_without_a_zone_is_not_taken() -> None:
    wrong = httpx.MockTransport(hello(time="2026-11-23T09:00:00.000"))
    with HttpRemote("https://central.test", wrong) as remote, pytest.raises(NotTheCentralStore):
        remote.hello()


def test_tokens_go_nowhere_but_to_the_address_and_never_in_clear_beyond_this_computer() -> None:
    for url in ("http://central.test", "ftp://central.test", "central.test", "https://me@central.test", "https://[::1"):
        with pytest.raises(CentralAddressRefused):
            checked_address(url)
    assert checked_address("http://127.0.0.1:8765/") == "http://127.0.0.1:8765"
