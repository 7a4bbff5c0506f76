"""Requests that schemathesis makes of the central store's OpenAPI document, and what is wrong with the answers."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlmodel import SQLModel

from mdt_desktop.central.rules import WRITTEN_BY
from mdt_desktop.records.base import SCHEMA
from tests.helpers.central import EAST, AppTransport, Laptop

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_ASKED_FROM_ONE_ADDRESS = 40
_OTHER_DEVICES = ("/sync/v1/enrol", "/sync/v1/register", "/sync/v1/sign_in", "/sync/v1/refresh")
"""Where another device's id belongs, or what is tried with the laptop's own could end its sign-in."""
Operation = APIOperation[Any, Any, Any, Any]
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)
_COLUMNS = {
    name: sorted(str(column) for column in table.columns.keys())  # noqa: SIM118  # no mapping, though it has keys
    for name, table in SQLModel.metadata.tables.items()
    if name in WRITTEN_BY
}


@dataclass
class Asker:
    """Sends cases to an application, with a laptop's token or without, and counts the answers.

    Every few requests seem to come from another address, so that the limit of refusals by address does not answer
    in the place of what is asked.
    """

    app: FastAPI
    laptop: Laptop | None = None
    answered: Counter[tuple[str, int]] = field(default_factory=Counter)
    _number: Iterator[int] = field(default_factory=itertools.count)

    def operations(self) -> list[Operation]:
        """Everything that the document says can be asked."""
        schema = schemathesis.openapi.from_dict(self.app.openapi())
        return [it.ok() for it in schema.get_all_operations() if isinstance(it, Ok)]

    def ask(self, case: Case[Any]) -> httpx.Response:
        """One request; raises a failure of schemathesis where the answer is not as documented."""
        headers = {"Sync-Protocol": "1"} if self.laptop is None else self.laptop.headers
        sent = case.as_transport_kwargs(base_url="https://central.test", headers=headers)
        address = f"192.0.2.{next(self._number) // _ASKED_FROM_ONE_ADDRESS % 250}"
        with httpx.Client(transport=AppTransport(self.app, address)) as http:
            given_headers = {str(name): str(value) for name, value in sent.pop("headers").items()}
            request = http.build_request(
                sent["method"], sent["url"], params=sent.get("params"), headers=given_headers,
                json=sent.get("json"), content=sent.get("data"), cookies=sent.get("cookies"),
            )  # fmt: skip
            answer = http.send(request)
        answer.elapsed = timedelta()
        self.answered[case.operation.path, answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        return answer

    def try_all(self, most: int, phases: tuple[Phase, ...] = (Phase.generate,)) -> None:
        """`most` cases of each kind of each operation: as documented, and as it must not be."""
        for operation in self.operations():
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                if mode is GenerationMode.NEGATIVE and not (operation.body or operation.path_parameters):
                    continue
                self._try(operation, mode, most, phases)

    def _try(self, operation: Operation, mode: GenerationMode, most: int, phases: tuple[Phase, ...]) -> None:
        @settings(max_examples=most, phases=phases, suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy(mode), st.data())
        def all_is_as_documented(case: Case[Any], data: st.DataObject) -> None:
            if self.laptop is not None and data.draw(st.booleans()):
                self._make_known(case, data)
            answer = self.ask(case)
            if operation.path.endswith("/push") and answer.status_code == 200 and self.laptop is not None:
                self.laptop.last_op += len(answer.json()["results"])

        all_is_as_documented()

    def _make_known(self, case: Case[Any], data: st.DataObject) -> None:
        """Put in what the store knows, where the document can only say its shape: so the request gets further."""
        assert self.laptop is not None
        if "bucket" in (case.path_parameters or {}):
            case.path_parameters["bucket"] = EAST
        body = case.body = _whole(case.body)
        if not isinstance(body, dict):
            return
        if "device" in body and case.operation.path not in _OTHER_DEVICES:
            body["device"] = self.laptop.device
        if "schema" in body:
            # One that said it is too old would be given nothing any more.
            body["schema"] = SCHEMA
        for number, op in enumerate(_dicts(body.get("ops"))):
            columns = data.draw(st.sampled_from(sorted(_COLUMNS)))
            values = st.dictionaries(st.sampled_from(_COLUMNS[columns]), _ANYTHING, max_size=4)
            op.update(op_no=self.laptop.last_op + number + 1, bucket=EAST, type=columns, set=data.draw(values))
            op["schema"] = SCHEMA
        for number, entry in enumerate(_dicts(body.get("entries")), 1):
            body["before"] = "0" * 64
            entry.update(no=number, hash=f"{number:064x}")
        for item in [*_dicts(body.get("items")), *_dicts(body.get("done"))]:
            item["bucket"] = EAST


def _whole(found: Any) -> Any:
    """1.0 is an integer to JSON Schema, and none to the store."""
    if isinstance(found, dict):
        return {name: _whole(it) for name, it in found.items()}
    if isinstance(found, list):
        return [_whole(it) for it in found]
    return int(found) if isinstance(found, float) and found.is_integer() else found


def _dicts(found: object) -> list[dict[str, Any]]:
    return [it for it in found if isinstance(it, dict)] if isinstance(found, list) else []
