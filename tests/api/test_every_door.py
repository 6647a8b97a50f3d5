"""Each door: what it answers is what its description says; keys, strangers, ids nobody has."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from ledger.models import Transaction
from tests import given
from tests.api import partners
from tests.api.doors import PROBLEM, Door, assert_described, assert_problem, doors
from tests.api.offices import OFFICE_PLACES
from tests.api.world import BODIES, PLACES, World
from tests.api.world_holders import SEVERAL
from wallet.holders.models import ApiRequest
from wallet.holders.rules import opaque_id

MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT")
PREFIXES = (
    "bok",
    "brk",
    "cas",
    "cnv",
    "ctc",
    "dep",
    "dlv",
    "ern",
    "gft",
    "hld",
    "inv",
    "mbr",
    "nbc",
    "num",
    "ord",
    "prd",
    "pur",
    "stl",
    "stm",
    "tkb",
    "tsk",
    "txn",
    "upl",
)
#: What everybody who is signed in, or has a link, or signs, may see or do.
OPEN_TO_ALL = {
    "book_trades",
    "cancel_orders_of_book",
    "candles",
    "claim_gift",
    "depth",
    "claim_code",
    "counter_code",
    "gift_link",
    "join_waiting_list",
    "leave_waiting_list",
    "live",
    "month_statement",  # everybody's own
    "open_packet",
    "packet_link",
    "quote",
    "receive_postback",
    "snapshot",
    "tasks_retrieve",
    "ticker",
}
STRANGE_IDS = [
    "x",
    str(uuid4()),
    "gft_",
    "gft_" + "A" * 26,
    "zzz_" + "a" * 26,
    "a" * 3_000,
    "%00",
    "ord_%00",
    "%ff%fe",
    "流量",
    "%F0%9F%8D%80",
    "..%2fme",
    "' OR 1=1 --",
]

every_door = pytest.mark.parametrize("door", doors(), ids=lambda door: door.name)
open_doors = pytest.mark.parametrize(
    "door", [door for door in doors() if door.places], ids=lambda door: door.name
)
moving_doors = pytest.mark.parametrize(
    "door", [door for door in doors() if door.has_key], ids=lambda door: door.name
)


def moments(value: object) -> list[str]:
    """Return every time told anywhere in an answer."""
    if isinstance(value, dict):
        return [found for each in value.values() for found in moments(each)]
    if isinstance(value, list):
        return [found for each in value for found in moments(each)]
    return [value] if isinstance(value, str) and MOMENT.match(value) else []


def test_the_world_knows_every_door() -> None:
    assert {door.name for door in doors() if door.places} == {
        *PLACES,
        *OFFICE_PLACES,
        *SEVERAL,
        *partners.SEVERAL,
    }
    assert {door.name for door in doors() if door.body} == set(BODIES)
    assert {door.method for door in doors()} == {"get", "post"}


@pytest.mark.parametrize("door", doors("post"), ids=lambda door: door.name)
def test_what_moves_something_takes_a_key_or_a_signature(door: Door) -> None:
    assert door.has_key or "webhook-signature" in door.parameters


@every_door
def test_it_answers_as_described_with_times_in_utc(world: World, door: Door) -> None:
    if door.body:
        assert set(world.body(door)) == set(door.body["properties"])
    answer = world.ask(door)
    assert 200 <= answer.status_code < 300, answer.content
    assert_described(door, answer)
    assert [each for each in moments(json.loads(answer.content)) if not each.endswith("Z")] == []


@every_door
def test_nobody_passes_without_signing_in(world: World, door: Door) -> None:
    path = door.path.format(**world.places(door))
    before = Transaction.objects.count()
    client = APIClient(enforce_csrf_checks=True)
    ask = client.get if door.method == "get" else client.post
    problem = assert_problem(door, ask(path, headers={"Idempotency-Key": str(uuid4())}))
    assert problem["code"] in {"not_authenticated", "bad_signature"}
    assert Transaction.objects.count() == before


@every_door
def test_other_methods_are_refused(world: World, door: Door) -> None:
    path = door.path.format(**world.places(door))
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "BREW"):
        answer = world.client().generic(method, path, "{}", content_type="application/json")
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (405, "method_not_allowed"), method
        assert answer["Content-Type"] == PROBLEM


@moving_doors
def test_a_session_alone_moves_nothing(world: World, door: Door) -> None:
    path, body = door.path.format(**world.places(door)), world.body(door)
    before = Transaction.objects.count()
    assert world.me.user is not None
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(world.me.user)
    answer = client.post(path, body, headers={"Idempotency-Key": str(uuid4())})
    assert assert_problem(door, answer)["code"] == "permission_denied"
    assert Transaction.objects.count() == before


@open_doors
def test_ids_nobody_has_are_not_found(world: World, door: Door) -> None:
    unknown = [opaque_id(prefix, uuid4()) for prefix in PREFIXES]
    wrong = [*STRANGE_IDS, *unknown, str(uuid4())]
    places, body = world.places(door), world.body(door)
    before = Transaction.objects.count()
    for name in places:
        for text in wrong:
            cache.clear()  # whoever guesses at links too often is told so instead
            answer = world.ask(door, body=body, places={**places, name: text})
            problem = assert_problem(door, answer)
            assert problem["status"] in {404, 400 if name == "key" else 404}, (text, problem)
    assert Transaction.objects.count() == before


@pytest.mark.parametrize(
    "door",
    [door for door in doors() if door.places and door.name not in OPEN_TO_ALL],
    ids=lambda door: door.name,
)
def test_what_is_anothers_is_not_found(world: World, door: Door) -> None:
    places, before = world.places(door), Transaction.objects.count()
    stranger = given.a_holder(now=world.now)
    assert assert_problem(door, world.ask(door, places=places, who=stranger))["status"] == 404
    assert Transaction.objects.count() == before


@pytest.mark.parametrize(
    "door",
    [door for door in doors("post") if "number" in (door.body or {}).get("properties", ())],
    ids=lambda door: door.name,
)
def test_anothers_number_is_not_found(world: World, door: Door) -> None:
    before = Transaction.objects.count()
    body = world.body(door)
    stranger = given.a_trader(now=world.now)
    assert assert_problem(door, world.ask(door, body=body, who=stranger))["status"] == 404
    assert Transaction.objects.count() == before


@pytest.mark.parametrize(
    "door",
    # Who has closed the wallet, or left it, is signed out, and asks nothing again.
    [d for d in doors() if d.has_key and d.name not in {"close_wallet", "disown_number"}],
    ids=lambda door: door.name,
)
def test_a_key_is_due_and_works_once(world: World, door: Door) -> None:
    places, body = world.places(door), world.body(door)
    before = Transaction.objects.count()

    def ask(key: str, asked: object = None) -> Any:
        headers = {"Idempotency-Key": key}
        return world.ask(
            door, body=body if asked is None else asked, places=places, headers=headers
        )

    assert assert_problem(door, ask(""))["code"] == "idempotency_key_missing"
    for key in ("7", "x" * 300, str(uuid4())[:-1], "钥匙"):
        assert assert_problem(door, ask(key))["code"] == "idempotency_key_malformed"
    assert Transaction.objects.count() == before
    key = str(uuid4())
    first = ask(key)
    after = Transaction.objects.count()
    again = ask(key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert_described(door, again)
    other = ask(key, {**body, "mb": 11, "lots": 2, "coins": 11, "amount": 11, "task": "tsk_x"})
    assert assert_problem(door, other)["code"] == "key_reused"
    ApiRequest.objects.filter(key=key).update(status=None, answer=None, asked_at=timezone.now())
    assert assert_problem(door, ask(key))["code"] == "request_in_flight"
    assert Transaction.objects.count() == after


def test_a_refusal_is_replayed_as_the_problem_it_was(world: World) -> None:
    (door,) = [door for door in doors() if door.name == "conversions_create"]
    asked = {**world.body(door), "coins": 10_000}
    key = {"Idempotency-Key": str(uuid4())}
    first, again = (world.ask(door, body=asked, headers=key) for _ in range(2))
    assert assert_problem(door, first) == assert_problem(door, again)
    assert again["Idempotent-Replayed"] == "true"
