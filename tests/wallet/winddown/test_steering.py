"""A wind-down is announced, waits out its notice, begins, and then nothing new is begun."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests import given
from tests.given_merchants import a_code, a_merchant
from tests.given_own_data import a_policy
from tests.given_winddown import a_wind_down
from tests.wallet.convert.world import reachable
from wallet.convert.operations import convert_coins
from wallet.gift.operations import claim_gift
from wallet.holders.models import Notice
from wallet.holders.operations import ServiceEnding
from wallet.home.sentences import notice_words
from wallet.merchants.operations import claim_code
from wallet.sponsors.operations import pay_purchase_order
from wallet.winddown.models import WindDown
from wallet.winddown.operations import (
    WindDownBegun,
    WindDownNotAnnounced,
    WindDownReasonMissing,
    WindDownTooEarly,
    advance_wind_down,
    announce_wind_down,
    begin_wind_down,
    call_off_wind_down,
)
from wallet.winddown.queries import is_winding_down
from wallet.winddown.tasks import go_on

pytestmark = pytest.mark.django_db


def announced(*, now: datetime) -> WindDown:
    return announce_wind_down(reason="The licence ends.", by="admin/1", now=now)


def test_it_begins_when_the_days_of_notice_are_over(now: datetime) -> None:
    found = announced(now=now)
    assert found.may_begin_at == now + timedelta(days=60)
    with pytest.raises(WindDownTooEarly):
        begin_wind_down(by="admin/1", now=found.may_begin_at - timedelta(seconds=1))
    begun = begin_wind_down(by="admin/1", now=found.may_begin_at)
    assert begin_wind_down(by="admin/2", now=found.may_begin_at + timedelta(1)) == begun
    assert begun.begun_by == "admin/1"


def test_the_days_of_notice_are_those_of_the_announcement(now: datetime) -> None:
    a_policy("winddown.notice_days", 90, now=now)
    found = announced(now=now)
    a_policy("winddown.notice_days", 1, now=now + timedelta(days=2))
    assert announced(now=now + timedelta(days=3)) == found
    assert found.may_begin_at == now + timedelta(days=90)


def test_it_needs_an_announcement_and_that_a_reason(now: datetime) -> None:
    for act in (begin_wind_down, call_off_wind_down):
        with pytest.raises(WindDownNotAnnounced):
            act(by="admin/1", now=now)
    with pytest.raises(WindDownNotAnnounced):
        advance_wind_down(now=now)
    for reason in ("  ", "x" * 501):
        with pytest.raises(WindDownReasonMissing):
            announce_wind_down(reason=reason, by="admin/1", now=now)


def test_it_is_called_off_only_before_it_begins(now: datetime) -> None:
    announced(now=now)
    call_off_wind_down(by="admin/2", now=now)
    with pytest.raises(WindDownNotAnnounced):
        begin_wind_down(by="admin/1", now=now + timedelta(days=60))
    a_wind_down(now=now + timedelta(days=1))
    with pytest.raises(WindDownBegun):
        call_off_wind_down(by="admin/2", now=now + timedelta(days=1))


def test_everybody_is_told_once_from_the_announcement_on(now: datetime) -> None:
    first = given.a_holder()
    announced(now=now)
    given.a_holder()
    assert [advance_wind_down(now=now).done for _ in range(3)] == [2, 0, 0]
    notice = Notice.objects.get(holder=first, kind="wind_down_announced")
    assert "2027-01-15" in notice_words(notice)
    go_on()
    assert Notice.objects.filter(kind="wind_down_announced").count() == 2


def test_before_it_begins_nothing_is_ended(now: datetime) -> None:
    gift = given.a_gift()
    announced(now=now)
    while advance_wind_down(now=now).done:
        pass
    gift.refresh_from_db()
    assert gift.state == "open"
    assert not is_winding_down()


def _acts(now: datetime) -> list[Callable[[], object]]:
    """Return one of each: coins issued, opened, received, sent away."""
    reachable("CT")
    holder = given.a_holder(coins=10)
    sponsor, merchant = given.a_sponsor(coins=100), a_merchant(coins=10)
    code, gift, task = a_code(merchant, coins=1), given.a_gift(), given.a_task()
    return [
        lambda: pay_purchase_order(
            sponsor=sponsor,
            issuer="CT",
            coins=1,
            price_fen=1,
            paid_by="test",
            key=uuid.uuid4(),
            now=now,
        ),
        lambda: given.a_campaign(sponsor, coins=1),
        lambda: given.a_gift(sender=holder, coins=1),
        lambda: claim_gift(gift=gift, claimer=holder, now=now),
        lambda: claim_code(code=code, claimer=holder, now=now),
        lambda: given.an_earning(task, holder=holder),
        lambda: convert_coins(
            holder=holder, msisdn=holder.numbers.get().msisdn, coins=1, key=uuid.uuid4(), now=now
        ),
    ]


def test_once_begun_nothing_new_is_issued_opened_or_taken(now: datetime) -> None:
    acts = _acts(now)
    a_wind_down()
    for act in acts:
        with pytest.raises(ServiceEnding):
            act()


def test_the_announcement_alone_refuses_nothing(now: datetime) -> None:
    acts = _acts(now)
    announced(now=now)
    for act in acts:
        act()
