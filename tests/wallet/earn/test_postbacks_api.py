"""A sponsor's door opens to its own signature, now, and to nothing else."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from ledger.queries import coins_in
from tests import given
from tests.wallet.earn.signing import body_of, send, signed, sponsor_of
from wallet.earn.api.postbacks import PostbackThrottle
from wallet.earn.models import Postback
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id
from wallet.sponsors.operations import rotate_postback_secret
from wallet.sponsors.queries import secret_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock_of_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wallet.holders.idempotency.timezone.now", lambda: given.NOW)


def test_a_signed_message_pays_and_is_answered_the_same_again() -> None:
    earning = given.an_earning()
    sponsor, body = sponsor_of(earning), body_of(earning)
    headers = signed(body, secret=secret_of(sponsor), message_id="msg_1")
    first = send(sponsor, body, headers=headers)
    assert first.status_code == 200, first.content
    told = dict(first.json())
    assert datetime.fromisoformat(told.pop("received_at")) == given.NOW
    assert told == {
        "message_id": "msg_1",
        "earning": opaque_id("ern", earning.pk),
        "event": "install",
    }
    assert coins_in(main_of(earning.holder)) == 50
    again = send(sponsor, body, headers=headers)
    assert (again.status_code, again.json()) == (200, first.json())
    assert coins_in(main_of(earning.holder)) == 50


def test_wrong_signatures_are_refused() -> None:
    earning = given.an_earning()
    sponsor, body = sponsor_of(earning), body_of(earning)
    secret, now = secret_of(sponsor), datetime.now(tz=UTC)
    good = signed(body, secret=secret)
    wrong = [
        {},
        good | {"webhook-id": "msg_other"},
        good | {"webhook-timestamp": "soon"},
        good | {"webhook-signature": "v1"},
        good | {"webhook-signature": "v1,***"},
        good | {"webhook-signature": "v2," + good["webhook-signature"][3:]},
        signed(body, secret=secret_of(given.a_sponsor())),
        signed(body, secret=secret, at=now - timedelta(minutes=6)),
        signed(body, secret=secret, at=now + timedelta(minutes=6)),
        signed(body.replace("install", "day1"), secret=secret),
    ]
    for headers in wrong:
        answer = send(sponsor, body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature"), headers
        assert answer["Content-Type"] == "application/problem+json"
    assert Postback.objects.count() == 0


def test_a_rotated_secret_closes_the_door_to_the_old_one() -> None:
    earning = given.an_earning()
    sponsor, body = sponsor_of(earning), body_of(earning)
    before = signed(body, secret=secret_of(sponsor))
    sponsor = rotate_postback_secret(sponsor=sponsor, now=given.NOW)
    assert send(sponsor, body, headers=before).status_code == 401
    assert send(sponsor, body).status_code == 200


def test_strangers_and_unknown_ids_are_not_found() -> None:
    earning = given.an_earning()
    stranger = given.a_sponsor()
    answer = send(stranger, body_of(earning))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_earning")
    answer = send(stranger, body_of(earning).replace("ern_", "gft_"))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_id")
    stranger.pk = uuid4()
    assert send(stranger, body_of(earning)).status_code == 404


def test_refusals_of_the_operation_come_as_problems() -> None:
    earning = given.an_earning()
    sponsor = sponsor_of(earning)
    answer = send(sponsor, body_of(earning, "day7"))
    assert (answer.status_code, answer.json()["code"]) == (409, "event_out_of_order")
    answer = send(sponsor, body_of(earning, "purchase"))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_event")
    answer = send(sponsor, body_of(earning, "x" * 17))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "7", "[" * 100_000, "{}", '{"type": "earning.event"}', '"\\u0000"'],
)
def test_a_signed_body_that_says_nothing_is_a_bad_request(body: str) -> None:
    sponsor = given.a_sponsor()
    answer = send(sponsor, body)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_strange_fields_are_bad_requests() -> None:
    earning = given.an_earning()
    good = json.loads(body_of(earning))
    for field, value in (
        ("type", "earning.other"),
        ("timestamp", "yesterday"),
        ("timestamp", 2**63),
        ("data", []),
        ("data", {"earning": 7, "event": "install"}),
        ("data", {"earning": "\x00", "event": "install"}),
    ):
        answer = send(sponsor_of(earning), json.dumps(good | {field: value}))
        assert 400 <= answer.status_code < 500, (field, value, answer.content)


def test_the_door_is_rate_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PostbackThrottle, "rate", "2/min")
    earning = given.an_earning()
    sponsor = sponsor_of(earning)
    codes = [send(sponsor, body_of(earning), headers={}).status_code for _ in range(3)]
    assert codes == [401, 401, 429]
