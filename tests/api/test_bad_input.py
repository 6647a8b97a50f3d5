"""Whatever is sent to a door, in whole or in a field, is answered with a problem, and moves nothing."""

import json
from base64 import b64encode
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import signing
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as times
from hypothesis import strategies as some

from ledger.models import Transaction
from tests.api.doors import Door, assert_problem, doors, fields_of, kind_of
from tests.api.world import World

ABSENT = object()
BAD_ANYWHERE: tuple[object, ...] = (None, True, 1.5, 1e400, [], [[]], {}, {"a": 1})
BAD = {
    "string": (
        *BAD_ANYWHERE,
        0,
        7,
        -1,
        2**63,
        "\x00",
        "a\x00b",
        "\ud800",
        "x" * 3_000,
        "\u202e" * 99,
    ),
    "integer": (*BAD_ANYWHERE, 0, -1, -(2**63), 2**63, 2**64 + 1, 2**200, 5.0, "", "5", "many"),
    "boolean": (None, 1.5, [], {}, 0, 1, 2**63, "", "yes", "true", "\x00"),
    "object": (None, True, 1.5, 7, "x", [], [[]], {}),
}
#: Texts that may be left out, or left empty.
MAY_BE_EMPTY = {"carrier", "greeting", "locked_to"}
MAY_BE_ABSENT = MAY_BE_EMPTY | {"asset", "deliver_at_once", "time_in_force"}
NOT_OBJECTS = (b"[]", b"[{}]", b'"x"', b"7", b"null", b"true")
NOT_JSON = (
    b"{",
    b'{"coins": 1,}',
    b"{'coins': 1}",
    b"coins=1",
    b"\xff\xfe{}",
    b"\x00",
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": "\xed\xa0\x80"}',
    b'{"a": "\\ud800"}',
    b'{"\\udfff": 1}',
    b'{"a": ' + b"9" * 5_000 + b"}",
    b"[" * 100_000,
    b'{"a": ' * 900 + b"1" + b"}" * 900,
    b'{"a": ' * 20 + b"1" + b"}" * 20,
)
CHARSETS = ("utf-16", "gbk", "hex", "zlib", "rot13", "idna", "nobody-knows")

posts = pytest.mark.parametrize("door", doors("post"), ids=lambda door: door.name)
reading_doors = pytest.mark.parametrize(
    "door", [door for door in doors("post") if door.body], ids=lambda door: door.name
)
lists = pytest.mark.parametrize(
    "door", [door for door in doors() if "cursor" in door.parameters], ids=lambda door: door.name
)


def spoilt(body: dict[str, Any], field: tuple[str, ...], value: object) -> dict[str, Any]:
    """Return a body with another value in a field, or without the field."""
    found = deepcopy(body)
    inside = found
    for name in field[:-1]:
        inside = inside[name]
    if value is ABSENT:
        del inside[field[-1]]
    else:
        inside[field[-1]] = value
    return found


def cases(door: Door) -> list[tuple[tuple[str, ...], object]]:
    """Return every field of a door with every value it must refuse."""
    assert door.body
    found: list[tuple[tuple[str, ...], object]] = []
    for field in fields_of(door.body):
        found += [(field, value) for value in BAD[kind_of(door.body, field)]]
        found += [(field, "")] * (field[-1] not in MAY_BE_EMPTY)
        found += [(field, ABSENT)] * (field[-1] not in MAY_BE_ABSENT)
    return found


@reading_doors
def test_each_field_refuses_what_it_is_not(world: World, door: Door) -> None:
    places, body = world.places(door), world.body(door)
    before = Transaction.objects.count()
    for field, value in cases(door):
        asked = json.dumps(spoilt(body, field, value)).replace("Infinity", "1e400").encode()
        answer = world.ask(door, body=asked, places=places)
        problem = assert_problem(door, answer)
        assert Transaction.objects.count() == before, (field, value)
        if problem["code"] == "invalid":
            assert problem["errors"], problem


@posts
def test_what_is_no_json_object_is_refused(world: World, door: Door) -> None:
    places = world.places(door)
    wanted = [(each, "invalid") for each in NOT_OBJECTS] + [
        (each, "parse_error") for each in NOT_JSON
    ]
    before = Transaction.objects.count()
    for content, code in wanted:
        problem = assert_problem(door, world.ask(door, body=content, places=places))
        # A body that is no text cannot be signed either.
        assert problem["code"] in {code, "bad_signature"}, content[:50]
        assert Transaction.objects.count() == before, content[:50]


@posts
def test_other_kinds_of_content_are_refused(world: World, door: Door) -> None:
    places, body = world.places(door), json.dumps(world.body(door)).encode()
    path, before = door.path.format(**places), Transaction.objects.count()
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "x"):
        headers = world.headers(door, body)
        answer = world.client().post(path, body, content_type=kind, headers=headers)
        assert assert_problem(door, answer)["status"] == 415, kind
    multipart = "multipart/form-data; boundary=x"
    headers = world.headers(door, body)
    answer = world.client().post(path, body, content_type=multipart, headers=headers)
    assert assert_problem(door, answer)["status"] == 415
    assert Transaction.objects.count() == before


@posts
def test_a_body_that_is_too_large_is_refused(world: World, door: Door) -> None:
    places = world.places(door)
    before = Transaction.objects.count()
    content = json.dumps({"a": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}).encode()
    problem = assert_problem(door, world.ask(door, body=content, places=places))
    assert (problem["status"], problem["code"]) == (413, "too_large")
    assert Transaction.objects.count() == before


@pytest.mark.parametrize("charset", CHARSETS)
def test_json_is_utf8_whatever_is_said(world: World, charset: str) -> None:
    body = json.dumps({"amount": 1, "greeting": "早"}, ensure_ascii=False).encode()
    answer = world.client().post(
        "/api/v1/gifts",
        body,
        content_type=f"application/json; charset={charset}",
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert (answer.status_code, answer.json()["greeting"]) == (201, "早")


@lists
def test_cursors_are_ours(world: World, door: Door) -> None:
    path = door.path.format(**world.places(door))
    others = signing.dumps([0, False, "2026-11-16 10:30:00+00:00"], salt="/api/v1/elsewhere")
    forged = [b64encode(each).decode() for each in (b"p=x", b"p=%00", b"o=99999", b"r=1&p=9999")]
    for cursor in ("", "x", "%00", "早", "a" * 3_000, others, *forged):
        answer = world.client().get(path, {"cursor": cursor})
        assert assert_problem(door, answer)["status"] == 404, cursor


@lists
def test_a_strange_limit_is_the_usual_one(world: World, door: Door) -> None:
    path = door.path.format(**world.places(door))
    for limit in ("0", "-1", "x", "1e9", str(2**70), "\x00"):
        assert world.client().get(path, {"limit": limit}).status_code == 200, limit


def test_pages_lead_on_and_back(world: World) -> None:
    client = world.client()
    for _ in range(3):
        headers = {"Idempotency-Key": str(uuid4())}
        assert client.post("/api/v1/gifts", {"amount": 1}, headers=headers).status_code == 201
    every = client.get("/api/v1/gifts").json()
    first = client.get("/api/v1/gifts?limit=2").json()
    last = client.get(first["next"]).json()
    assert (every["next"], first["previous"], last["next"]) == (None, None, None)
    assert first["results"] + last["results"] == every["results"]
    assert client.get(last["previous"]).json()["results"] == first["results"]


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda each: some.lists(each, max_size=3) | some.dictionaries(some.text(), each, max_size=3),
    max_leaves=6,
)


@reading_doors
@seed(20_261_116)
@times(
    max_examples=12,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=some.data())
def test_anything_in_any_field_is_answered(world: World, door: Door, data: some.DataObject) -> None:
    assert door.body
    field = data.draw(some.sampled_from(sorted(fields_of(door.body))))
    asked = json.dumps(spoilt(world.body(door), field, data.draw(JSON))).encode()
    answer = world.ask(door, body=asked)
    if answer.status_code >= 300:
        assert_problem(door, answer)


@reading_doors
@seed(20_261_116)
@times(
    max_examples=12,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(content=some.binary(max_size=40))
def test_any_bytes_are_answered(world: World, door: Door, content: bytes) -> None:
    problem = assert_problem(door, world.ask(door, body=content))
    assert problem["code"] in {"parse_error", "invalid", "bad_signature"}
