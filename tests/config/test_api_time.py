"""The API's times are UTC; the pages' are Asia/Shanghai's."""

import pytest

from tests.given import a_gift, a_holder, client_of

pytestmark = pytest.mark.django_db


def test_every_time_of_the_api_ends_in_z() -> None:
    sender = a_holder(coins=100)
    a_gift(sender=sender)
    (gift,) = client_of(sender).get("/api/v1/gifts").json()["results"]
    times = [value for name, value in gift.items() if name.endswith("_at") and value]
    assert times
    assert [one for one in times if not one.endswith("Z")] == []
