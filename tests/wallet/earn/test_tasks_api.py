"""Tasks on offer, starting one, and what became of it, as JSON."""

from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from ledger.queries import coins_in
from tests import given
from wallet.earn.operations import close_task
from wallet.earn.rules import earning_address
from wallet.holders.operations import open_holder
from wallet.holders.rules import opaque_id, uuid_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock_of_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wallet.holders.idempotency.timezone.now", lambda: given.NOW)


def test_a_task_tells_what_a_minute_pays() -> None:
    task = given.a_task()
    client = given.client_of(given.a_holder())
    [found] = client.get("/api/v1/tasks").json()["results"]
    assert found == client.get(f"/api/v1/tasks/{opaque_id('tsk', task.pk)}").json()
    assert (found["coins"], found["mb"], found["minutes"]) == (100, 100, 8)
    assert found["coins_per_minute"] == "12.5"
    assert found["stages"][1] == {"event": "day1", "coins": 30, "vest_days": 1}


def test_what_cannot_be_started_is_not_on_offer() -> None:
    owner = given.a_user()
    mine = given.a_campaign(given.a_sponsor(owner=owner, coins=1_000))
    given.a_task(mine)
    close_task(task=given.a_task())
    given.a_task(given.a_campaign(coins=99))
    holder = open_holder(user=owner, now=given.NOW)
    begun = given.an_earning(holder=holder)
    assert given.client_of(holder).get("/api/v1/tasks").json()["results"] == []
    [found] = given.client_of(holder).get("/api/v1/earnings").json()["results"]
    assert found["id"] == opaque_id("ern", begun.pk)


def test_a_task_starts_once_by_its_key() -> None:
    task, holder, key = given.a_task(), given.a_holder(), str(uuid4())
    client = given.client_of(holder)
    asked = {"task": opaque_id("tsk", task.pk)}
    first = client.post("/api/v1/earnings", asked, headers={"Idempotency-Key": key})
    assert first.status_code == 201, first.content
    again = client.post("/api/v1/earnings", asked, headers={"Idempotency-Key": key})
    assert (again.status_code, again.json()) == (201, first.json())
    earning_id = first.json()["id"]
    assert first.json()["url"] == f"https://sponsor.example/app?earning={earning_id}"
    assert coins_in(earning_address(uuid_in("ern", earning_id))) == 100
    assert client.get(f"/api/v1/earnings/{earning_id}").json() == first.json()
    stages = [stage["state"] for stage in first.json()["stages"]]
    assert stages == ["waiting", "waiting", "waiting"]


def test_starting_is_refused_with_a_code() -> None:
    earning = given.an_earning()
    client = given.client_of(earning.holder)
    asked = {"task": opaque_id("tsk", earning.task_id)}
    answer = client.post("/api/v1/earnings", asked, headers={"Idempotency-Key": str(uuid4())})
    assert (answer.status_code, answer.json()["code"]) == (409, "task_already_started")
    answer = client.post("/api/v1/earnings", asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("task", [None, 7, "", "tsk_", "gft_aaaa", "x" * 65, 2**63, [], {}])
def test_a_strange_task_is_refused(task: object) -> None:
    client = given.client_of(given.a_holder())
    key = {"Idempotency-Key": str(uuid4())}
    answer = client.post("/api/v1/earnings", {"task": task}, headers=key)
    assert answer.status_code in {400, 404}
    assert answer["Content-Type"] == "application/problem+json"


def test_strangers_see_nothing() -> None:
    earning = given.an_earning()
    mine = f"/api/v1/earnings/{opaque_id('ern', earning.pk)}"
    assert APIClient().get(mine).status_code == 403
    assert given.client_of(given.a_holder()).get(mine).status_code == 404
    assert given.client_of(given.a_holder()).get("/api/v1/tasks/tsk_zzz").status_code == 404
