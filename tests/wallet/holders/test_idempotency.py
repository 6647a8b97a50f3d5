"""One key, one effect, one answer; and what became of a request can be asked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from ledger.refusals import MonthClosed, Refusal
from tests import given
from wallet.holders import idempotency
from wallet.holders.idempotency import idempotent
from wallet.holders.models import ApiRequest, Holder

pytestmark = pytest.mark.django_db

Ask = Callable[..., Response]


class Refused(Refusal):
    code = "refused_here"


class Fault(Exception):
    pass


class Counter(APIView):
    """Counts how often it really worked, and does what the body says."""

    worked = 0

    @idempotent
    def post(self, request: Any, *, holder: Holder, key: UUID, now: datetime) -> Response:
        Counter.worked += 1
        wish = request.data.get("wish")
        if wish == "refuse":
            raise Refused("No.")
        if wish == "break":
            raise Fault
        if wish == "midnight" and Counter.worked == 1:
            raise MonthClosed("Just now.")
        return Response({"holder": str(holder.pk), "at": now}, status=201 if wish != "bad" else 400)


@pytest.fixture
def holder() -> Holder:
    Counter.worked = 0
    return given.a_holder()


def ask(holder: Holder, *, key: str | None = None, **body: str) -> Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    request = APIRequestFactory().post("/count", body, format="json", headers=headers)
    force_authenticate(request, holder.user)
    return Counter.as_view()(request)


def test_the_same_key_works_once_and_is_answered_alike(holder: Holder) -> None:
    key = str(uuid4())
    first, again = ask(holder, key=key, wish="a"), ask(holder, key=key, wish="a")
    assert (first.status_code, again.status_code, Counter.worked) == (201, 201, 1)
    assert again.data["holder"] == first.data["holder"]
    assert again["Idempotent-Replayed"] == "true"


def test_two_holders_may_choose_one_key(holder: Holder) -> None:
    key = str(uuid4())
    ask(holder, key=key)
    ask(given.a_holder(), key=key)
    assert Counter.worked == 2


def test_a_key_is_required_and_is_a_uuid(holder: Holder) -> None:
    missing, malformed = ask(holder), ask(holder, key="7")
    assert (missing.status_code, missing.data["code"]) == (400, "idempotency_key_missing")
    assert (malformed.status_code, malformed.data["code"]) == (400, "idempotency_key_malformed")
    assert Counter.worked == 0


def test_another_payload_is_refused(holder: Holder) -> None:
    key = str(uuid4())
    ask(holder, key=key, wish="a")
    other = ask(holder, key=key, wish="b")
    assert (other.status_code, other.data["code"]) == (422, "key_reused")
    assert Counter.worked == 1


def test_what_is_in_flight_waits_and_what_was_lost_is_taken_up(holder: Holder) -> None:
    key = str(uuid4())
    ask(holder, key=key)
    ApiRequest.objects.update(status=None, answer=None, asked_at=timezone.now())
    busy = ask(holder, key=key)
    assert (busy.status_code, busy.data["code"]) == (409, "request_in_flight")
    ApiRequest.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    assert ask(holder, key=key).status_code == 201


def test_who_comes_as_the_first_ends_with_nothing_to_keep_asks_again(
    holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "_is_first", lambda _asked: False)
    busy = ask(holder, key=str(uuid4()))
    assert (busy.status_code, busy.data["code"], Counter.worked) == (409, "request_in_flight", 0)


def test_a_first_request_is_written_down_and_answered_in_three_statements(
    holder: Holder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3) as asked:
        ask(holder, key=str(uuid4()))
    assert [one["sql"].split()[0] for one in asked.captured_queries][1:] == ["--", "UPDATE"]


def test_a_refusal_is_an_answer(holder: Holder) -> None:
    key = str(uuid4())
    for _ in range(2):
        refused = ask(holder, key=key, wish="refuse")
        assert (refused.status_code, refused.data["code"]) == (409, "refused_here")
    assert Counter.worked == 1


@pytest.mark.parametrize("wish", ["bad", "break"])
def test_bad_input_and_our_fault_leave_the_key_free(holder: Holder, wish: str) -> None:
    key = str(uuid4())
    for _ in range(2):
        if wish == "break":
            with pytest.raises(Fault):
                ask(holder, key=key, wish=wish)
        else:
            assert ask(holder, key=key, wish=wish).status_code == 400
    assert Counter.worked == 2


def test_a_month_that_closed_meanwhile_is_asked_once_more(holder: Holder) -> None:
    assert ask(holder, key=str(uuid4()), wish="midnight").status_code == 201
    assert Counter.worked == 2


def test_a_lost_answer_can_be_asked_for(holder: Holder) -> None:
    client, key = given.client_of(holder), str(uuid4())
    ask(holder, key=key)
    done = client.get(f"/api/v1/requests/{key}").json()
    assert (done["state"], done["status"]) == ("done", 201)
    assert done["answer"]["holder"] == str(holder.pk)
    ApiRequest.objects.update(status=None, answer=None)
    assert client.get(f"/api/v1/requests/{key}").json()["state"] == "in_flight"
    unknown = client.get(f"/api/v1/requests/{uuid4()}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_request")
    assert client.get("/api/v1/requests/7").status_code == 400


def test_a_stranger_sees_nothing_of_my_requests(holder: Holder) -> None:
    key = str(uuid4())
    ask(holder, key=key)
    client = APIClient()
    assert client.get(f"/api/v1/requests/{key}").status_code == 403
    other = given.client_of(given.a_holder())
    assert other.get(f"/api/v1/requests/{key}").status_code == 404
