"""The doors of the API, read from its description, and what an answer of theirs must be."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from jsonschema import Draft202012Validator

DESCRIPTION: dict[str, Any] = json.loads(
    (Path(settings.BASE_DIR) / "docs/openapi.json").read_text()
)
PROBLEM = "application/problem+json"
MEMBERS = {"type", "title", "status", "code", "detail"}


@dataclass(frozen=True)
class Door:
    """A method of an address."""

    name: str
    method: str
    path: str
    operation: dict[str, Any]

    @property
    def parameters(self) -> set[str]:
        """The names of its parameters, in the path and beside it."""
        return {each["name"] for each in self.operation.get("parameters", ())}

    @property
    def places(self) -> list[str]:
        """The names of what its path leaves open."""
        found = self.operation.get("parameters", ())
        return [each["name"] for each in found if each["in"] == "path"]

    @property
    def has_key(self) -> bool:
        """Tell whether it takes an Idempotency-Key."""
        return "Idempotency-Key" in self.parameters

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of what it reads."""
        asked = self.operation.get("requestBody")
        return _schema(asked["content"]["application/json"]["schema"]) if asked else None


def doors(method: str = "") -> list[Door]:
    """Return every door, or those of one method."""
    return [
        Door(operation["operationId"], verb, path, operation)
        for path, verbs in DESCRIPTION["paths"].items()
        for verb, operation in verbs.items()
        if method in {"", verb}
    ]


def fields_of(schema: dict[str, Any], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Name each field of a body, those of objects inside it too."""
    for name, field in schema["properties"].items():
        yield (*at, name)
        inside = _schema(field)
        if "properties" in inside:
            yield from fields_of(inside, (*at, name))


def kind_of(schema: dict[str, Any], field: tuple[str, ...]) -> str:
    """Return what a field of a body is: string, integer or object."""
    for name in field:
        schema = _schema(schema["properties"][name])
    return str(schema["type"])


def assert_described(door: Door, answer: Any) -> None:
    """Hold an answer against the description."""
    status = str(answer.status_code)
    assert status in door.operation["responses"], (status, answer.content)
    described = door.operation["responses"][status]
    if "$ref" in described:
        described = DESCRIPTION["components"]["responses"][described["$ref"].rpartition("/")[2]]
    schema = described["content"][answer["Content-Type"]]["schema"]
    whole = {**schema, "components": DESCRIPTION["components"]}
    Draft202012Validator(whole).validate(json.loads(answer.content))


def assert_problem(door: Door, answer: Any) -> dict[str, Any]:
    """Hold a refusal against RFC 9457 and the description, and return it."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.content[:500])
    assert answer["Content-Type"] == PROBLEM
    problem: dict[str, Any] = json.loads(answer.content)
    assert set(problem) >= MEMBERS
    assert problem["status"] == answer.status_code
    assert_described(door, answer)
    return problem


def _schema(field: dict[str, Any]) -> dict[str, Any]:
    """Return a schema itself, where it only points at one."""
    if "allOf" in field and len(field["allOf"]) == 1:
        return _schema(field["allOf"][0])
    if "$ref" in field:
        return _schema(DESCRIPTION["components"]["schemas"][field["$ref"].rpartition("/")[2]])
    return field
