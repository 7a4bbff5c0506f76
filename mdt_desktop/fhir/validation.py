"""Whether a resource is valid FHIR R4, by the standard's own JSON schema."""

import lzma
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import jsonschema_rs
import orjson

from mdt_desktop.paths import resources_dir

_SCHEMA: Final = "fhir-r4.schema.json.xz"
_MOST_FAULTS: Final = 20


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """One thing that is not as R4 has it: where, as a FHIRPath expression, and what, in the schema's words."""

    path: str
    message: str


def faults_of(resource: Mapping[str, Any]) -> list[SchemaFault]:
    """What is wrong with a resource, the first twenty things; none where it is valid R4.

    Types, cardinalities and formats of values; not the bindings to code systems nor the invariants of a profile.
    """
    type_ = str(resource.get("resourceType", ""))
    if type_ not in _schema()["discriminator"]["mapping"]:
        return [SchemaFault("Resource.resourceType", f"no type of resource of R4: {type_[:100]}")]
    return list(_faults(type_, resource))


def _faults(type_: str, resource: Mapping[str, Any]) -> Iterator[SchemaFault]:
    for number, error in enumerate(_validator(type_).iter_errors(resource)):
        if number == _MOST_FAULTS:
            return
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
        # The message repeats the value, which may be personal data; what was expected is enough.
        yield SchemaFault(type_ + path, _expected(error))


def _expected(error: jsonschema_rs.ValidationError) -> str:
    rule = str(error.schema_path[-1]) if error.schema_path else ""
    if rule in ("additionalProperties", "required"):
        return error.message[:200]  # names of elements only
    return f"not as the standard has it ({rule})"


@cache
def _schema() -> Mapping[str, Any]:
    packed = (resources_dir() / "schemas" / _SCHEMA).read_bytes()
    loaded: Mapping[str, Any] = orjson.loads(lzma.decompress(packed))
    return loaded


@cache
def _validator(type_: str) -> jsonschema_rs.Validator:
    schema = _schema()
    return jsonschema_rs.validator_for(
        {"$schema": schema["$schema"], "$ref": f"#/definitions/{type_}", "definitions": schema["definitions"]}
    )
