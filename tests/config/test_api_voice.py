"""The API's times are UTC and its sentences English; the pages' are Asia/Shanghai's."""

from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from tests.given import a_gift, a_holder, client_of

pytestmark = pytest.mark.django_db


def test_every_time_of_the_api_ends_in_z() -> None:
    sender = a_holder(coins=100)
    a_gift(sender=sender)
    (gift,) = client_of(sender).get("/api/v1/gifts").json()["results"]
    times = [value for name, value in gift.items() if name.endswith("_at") and value]
    assert times
    assert [one for one in times if not one.endswith("Z")] == []


@pytest.mark.parametrize("language", ["zh-hans", "en", "fr"])
def test_every_sentence_of_the_api_is_english(language: str) -> None:
    client = client_of(a_holder())
    headers = {"accept-language": language, "idempotency-key": str(uuid4())}
    unread = client.post("/api/v1/gifts", {"amount": "5"}, headers=headers)
    assert unread.json()["errors"] == [
        {"pointer": "/amount", "code": "invalid", "detail": "A valid integer is required."}
    ]
    stranger = APIClient().get("/api/v1/me", headers=headers)
    assert stranger.json()["detail"] == "Authentication credentials were not provided."
    assert stranger["Content-Language"] == "en"
