"""Every way a request to the API can be wrong is a problem with 4xx, a stable code, and no more."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import DataError, connection
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from config.problems import MEDIA_TYPE
from config.refusals import RefusalPage
from ledger.refusals import BalanceTooLow, Refusal


class _Gift(serializers.Serializer[Any]):
    coins = serializers.IntegerField(min_value=1, max_value=100)


class _Door(APIView):
    permission_classes = (AllowAny,)
    raised: Exception | None = None

    def post(self, request: Request) -> Response:
        if self.raised:
            raise self.raised
        gift = _Gift(data=request.data)
        gift.is_valid(raise_exception=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::bigint", [gift.validated_data["coins"]])
        return Response({}, status=201)


def _post(content: str = '{"coins": 1}', raised: Exception | None = None) -> Response:
    request = APIRequestFactory().post("/", content, content_type="application/json")
    request.user = AnonymousUser()
    answer = _Door.as_view(raised=raised)(request)
    answer.render()
    assert isinstance(answer, Response)
    return answer


@pytest.mark.parametrize(
    "content, code",
    [
        ("{", "parse_error"),
        ("[]", "invalid"),
        ("{}", "invalid"),
        ('{"coins": "many"}', "invalid"),
        ('{"coins": -1}', "invalid"),
        ('{"coins": 9223372036854775808}', "invalid"),
        ('{"coins": null}', "invalid"),
    ],
)
def test_bad_input_is_a_problem(content: str, code: str) -> None:
    answer = _post(content)
    assert answer.status_code == 400
    assert answer["Content-Type"] == MEDIA_TYPE
    assert answer.data["code"] == code
    assert answer.data["status"] == 400
    assert set(answer.data) >= {"type", "title", "status", "code", "detail"}


def test_fields_are_pointed_at() -> None:
    assert _post('{"coins": 101}').data["errors"] == [
        {
            "pointer": "/coins",
            "code": "max_value",
            "detail": _post('{"coins": 101}').data["errors"][0]["detail"],
        }
    ]


@pytest.mark.parametrize(
    "raised, status, code",
    [
        (BalanceTooLow("1 coin asked, 0 available."), 409, "balance_too_low"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (DataError("bigint out of range"), 400, "out_of_range"),
        (OverflowError("int too big"), 400, "out_of_range"),
        (Throttled(wait=9), 429, "throttled"),
    ],
)
def test_exceptions_become_problems(raised: Exception, status: int, code: str) -> None:
    answer = _post(raised=raised)
    assert (answer.status_code, answer.data["code"]) == (status, code)
    assert answer["Content-Type"] == MEDIA_TYPE


def test_wait_is_told_when_throttled() -> None:
    assert _post(raised=Throttled(wait=9))["Retry-After"] == "9"


def test_refusal_tells_its_facts() -> None:
    answer = _post(raised=BalanceTooLow("No.", available=3, asset="COIN"))
    assert answer.data["context"] == {"available": 3, "asset": "COIN"}


def test_faults_of_ours_are_not_problems_of_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        _post(raised=ZeroDivisionError())


def test_unknown_api_address_is_a_problem() -> None:
    answer = Client().get("/api/v1/nothing", headers={"host": "127.0.0.1"})
    assert answer.status_code == 404
    assert answer["Content-Type"] == MEDIA_TYPE
    assert answer.json()["code"] == "not_found"


def test_unknown_page_is_a_page() -> None:
    answer = Client().get("/nothing", headers={"host": "127.0.0.1"})
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def _refused_page(*, by_htmx: bool, raised: Exception) -> HttpResponse | None:
    request = RequestFactory().get("/")
    request.htmx = by_htmx  # type: ignore[attr-defined]  # as the middleware before it does
    return RefusalPage(lambda _: HttpResponse()).process_exception(request, raised)


@pytest.mark.parametrize("by_htmx", [True, False])
def test_refused_page_says_why_with_its_status(by_htmx: bool) -> None:
    answer = _refused_page(by_htmx=by_htmx, raised=BalanceTooLow("1 coin asked, 0 available."))
    assert answer is not None
    assert answer.status_code == 409
    assert 'data-code="balance_too_low"' in answer.content.decode()
    assert ("<html" in answer.content.decode()) is not by_htmx


def test_page_leaves_other_exceptions_alone() -> None:
    assert _refused_page(by_htmx=False, raised=ZeroDivisionError()) is None


def test_refusals_have_a_status_of_a_refusal() -> None:
    assert Refusal.status == 409
