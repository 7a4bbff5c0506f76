"""Whatever schemathesis makes of the OpenAPI document is answered as the document says, and never by a failure."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase

from mdt_desktop.central.app import create_app
from mdt_desktop.central.central_store import CentralStore, open_store
from tests.helpers.central import EAST, Laptop, cheap_passwords, client, furnish, laptop
from tests.helpers.clocks import FrozenClock
from tests.helpers.open_api import Asker

_DEEP = (Phase.generate, Phase.shrink)


@pytest.fixture
def on_sqlite(tmp_path: Path, clock: FrozenClock) -> Iterator[CentralStore]:
    """A furnished store on SQLite: what is asked here does not depend on the database."""
    opened = open_store(tmp_path / "central", None, clock, cheap_passwords())
    furnish(opened)
    yield opened
    opened.close()


@pytest.fixture
def known(on_sqlite: CentralStore) -> Iterator[Laptop]:
    """A registered laptop that has sent somebody."""
    with client(on_sqlite) as http:
        nia = laptop(http, "Nia")
        nia.add_person()
        yield nia


def _with_a_token(store: CentralStore, known: Laptop, most: int, phases: tuple[Phase, ...]) -> None:
    asker = Asker(create_app(store), known)
    asker.try_all(most, phases)
    # It got as far as the work itself, and the laptop is as welcome afterwards as before.
    reached = {place for place, status in asker.answered if status == 200}
    assert {f"/sync/v1/{place}" for place in ("push", "session", "receipts", "handover", "keys", "audit")} <= reached
    assert {f"/sync/v1/buckets/{{bucket}}/{place}" for place in ("changes", "manifest", "fetch", "pen")} <= reached
    assert "/sync/v1/blobs/{bucket}/{sha256}/held" in reached
    assert known.get(f"buckets/{EAST}/changes").status_code == 200


def _without_a_token(store: CentralStore, most: int, phases: tuple[Phase, ...]) -> None:
    asker = Asker(create_app(store))
    asker.try_all(most, phases)
    opened = {place for place, status in asker.answered if status == 200}
    # Signing out says the same whether a token held or not (RFC 7009).
    assert opened == {"/sync/v1/hello", "/sync/v1/sign_out", "/oidc/jwks", "/oidc/.well-known/openid-configuration"}


def test_every_answer_to_a_registered_laptop_is_as_documented(on_sqlite: CentralStore, known: Laptop) -> None:
    _with_a_token(on_sqlite, known, 5, (Phase.generate,))


def test_every_answer_without_a_token_is_as_documented_and_opens_nothing(on_sqlite: CentralStore) -> None:
    _without_a_token(on_sqlite, 2, (Phase.generate,))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_many_answers_to_a_registered_laptop_are_as_documented(on_sqlite: CentralStore, known: Laptop) -> None:
    _with_a_token(on_sqlite, known, 200, _DEEP)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_many_answers_without_a_token_are_as_documented_and_open_nothing(on_sqlite: CentralStore) -> None:
    _without_a_token(on_sqlite, 100, _DEEP)


def test_the_document_says_of_every_place_what_it_answers(on_sqlite: CentralStore) -> None:
    for path, place in create_app(on_sqlite).openapi()["paths"].items():
        for operation in place.values():
            told = operation["responses"]
            assert "422" not in told, path
            if path.startswith("/sync/v1/"):
                if "206" in told:  # a part of some content
                    assert set(told["206"]["content"]) == {"application/octet-stream"}, path
                else:
                    assert "$ref" in told["200"]["content"]["application/json"]["schema"], path
                assert {"400", "401", "403", "413", "415", "426", "429", "503", "507"} <= set(told), path
