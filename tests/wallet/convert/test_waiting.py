"""The waiting list of a carrier that delivers nothing for coins: one place, told once."""

from datetime import timedelta

import pytest

from tests import given
from tests.wallet.convert.world import reachable
from wallet.convert.models import CarrierWait
from wallet.convert.operations import (
    CarrierSells,
    CarrierUnknown,
    join_waiting_list,
    leave_waiting_list,
    tell_who_waited,
)
from wallet.convert.tasks import tell_waiting
from wallet.holders.models import Holder, Notice
from wallet.policy.operations import set_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder() -> Holder:
    return given.a_holder()


def set_sells(carrier: str, *, on: bool, hours: int = 0) -> None:
    at = given.NOW + timedelta(hours=hours)
    set_policy(
        key="carrier.sells",
        scope=carrier,
        value=on,
        starts_at=at,
        set_by="test",
        reason="A test says so.",
        now=at,
    )


def told(holder: Holder) -> list[tuple[str, object]]:
    lines = Notice.objects.filter(holder=holder).order_by("at", "id")
    return [(line.kind, line.facts["carrier"]) for line in lines]


def test_one_has_one_place_and_is_told_once(holder: Holder) -> None:
    reachable("CU")
    set_sells("CU", on=False)
    first = join_waiting_list(holder=holder, carrier="CU", now=given.NOW)
    assert join_waiting_list(holder=holder, carrier="CU", now=given.NOW) == first
    join_waiting_list(holder=holder, carrier="CM", now=given.NOW)  # it has no server yet
    assert tell_who_waited(now=given.NOW) == 0
    set_sells("CU", on=True, hours=1)
    later = given.NOW + timedelta(hours=1)
    assert [tell_who_waited(now=later) for _ in range(2)] == [1, 0]
    assert told(holder) == [("carrier_opened", "CU")]
    assert CarrierWait.objects.get(told_at=None).carrier_id == "CM"


def test_who_was_told_may_wait_again(holder: Holder) -> None:
    join_waiting_list(holder=holder, carrier="CU", now=given.NOW)
    reachable("CU")
    assert tell_who_waited(now=given.NOW) == 1
    set_sells("CU", on=False, hours=1)
    join_waiting_list(holder=holder, carrier="CU", now=given.NOW + timedelta(hours=2))
    set_sells("CU", on=True, hours=3)
    assert tell_who_waited(now=given.NOW + timedelta(hours=3)) == 1
    assert told(holder) == [("carrier_opened", "CU")] * 2


def test_who_left_is_not_told(holder: Holder) -> None:
    join_waiting_list(holder=holder, carrier="CU", now=given.NOW)
    leave_waiting_list(holder=holder, carrier="CU")
    leave_waiting_list(holder=holder, carrier="CU")
    reachable("CU")
    assert tell_who_waited(now=given.NOW) == 0
    assert told(holder) == []


def test_nobody_waits_for_what_is_there_or_what_is_not(holder: Holder) -> None:
    reachable("CU")
    with pytest.raises(CarrierSells):
        join_waiting_list(holder=holder, carrier="CU", now=given.NOW)
    with pytest.raises(CarrierUnknown):
        join_waiting_list(holder=holder, carrier="NO", now=given.NOW)
    assert CarrierWait.objects.count() == 0


def test_many_are_told_batch_by_batch() -> None:
    for _ in range(3):
        join_waiting_list(holder=given.a_holder(), carrier="CU", now=given.NOW)
    reachable("CU")
    assert [tell_who_waited(now=given.NOW, limit=2) for _ in range(3)] == [2, 1, 0]
    tell_waiting()
    assert Notice.objects.filter(kind="carrier_opened").count() == 3
