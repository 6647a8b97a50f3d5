"""C5: unused data becomes a voucher, used next month, given, partly used; never more than attested."""

import uuid
from datetime import datetime, timedelta

import pytest

from ledger.months.operations import settle_month
from ledger.queries import amount_at, holdings_at
from ledger.rules import month_after, starts_at
from tests.carrying import attest, carriers_answer
from tests.given import MONTH, NOW, PACKAGE, a_holder
from tests.given_own_data import a_policy
from wallet.convert.operations import deliver_data, settle_data_deliveries
from wallet.gift.operations import claim_gift, send_gift
from wallet.holders.models import Holder, Number
from wallet.holders.queries import balances_of, main_of
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits

pytestmark = pytest.mark.own_database  # a month closes over what was committed
DECEMBER = month_after(MONTH)
CLOSES_AT = starts_at(DECEMBER) + timedelta(minutes=30)
IN_DECEMBER = starts_at(DECEMBER) + timedelta(days=3)
CARRIERS = ("CT", "CU", "CM", "MV")


def own(holder: Holder) -> Number:
    return holder.numbers.get()


def a_subscriber(carrier: str, *, kind: str = "national") -> Holder:
    """Return somebody with 1,500 MB attested as left at the month's end."""
    holder = a_holder(carrier=carrier)
    attest(own(holder), kind=kind, as_of="2026-11-30", final=True)
    return holder


def vouchers(holder: Holder) -> int:
    carrier = own(holder).carrier_id
    return amount_at(main_of(holder), f"VOUCHER-{carrier}-2026-12")


@pytest.mark.parametrize("carrier", CARRIERS)
def test_remainders_roll_once_for_all_that_is_attested_and_for_no_more(carrier: str) -> None:
    saver = a_holder(carrier=carrier)
    attest(own(saver))
    deposit_surplus(
        holder=saver, number=own(saver), package=PACKAGE, mb=500, key=uuid.uuid4(), now=NOW
    )
    carriers_answer()
    settle_deposits(now=NOW)
    attest(own(saver), as_of="2026-11-30", final=True)
    plain, provincial = a_subscriber(carrier), a_subscriber(carrier, kind="provincial")
    for _ in range(2):
        settle_month(month=MONTH, now=CLOSES_AT)
    assert [vouchers(each) for each in (saver, plain, provincial)] == [1500, 1500, 0]
    assert amount_at("system/vouchers", f"VOUCHER-{carrier}-2026-12") == -3000


def test_rules_are_data_by_carrier_province_and_kind() -> None:
    a_policy("rollover.share_percent", 50, scope="CT.广东")
    a_policy("rollover.kinds", ["national", "provincial"], scope="CU")
    halved, local = a_subscriber("CT"), a_subscriber("CU", kind="provincial")
    settle_month(month=MONTH, now=CLOSES_AT)
    assert (vouchers(halved), vouchers(local)) == (750, 1500)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_voucher_is_given_partly_used_and_the_earliest_comes_first(carrier: str) -> None:
    holder, friend = a_subscriber(carrier), a_holder(carrier=carrier)
    settle_month(month=MONTH, now=CLOSES_AT)
    asset = f"VOUCHER-{carrier}-2026-12"
    gift = send_gift(sender=holder, amount=400, asset=asset, key=uuid.uuid4(), now=IN_DECEMBER)
    claim_gift(gift=gift, claimer=friend, now=IN_DECEMBER)
    assert (vouchers(holder), vouchers(friend)) == (1100, 400)
    _deliver(friend, asset=asset, mb=150, now=IN_DECEMBER)
    assert vouchers(friend) == 250
    attest(own(friend), month=DECEMBER, as_of="2026-12-31", final=True)
    settle_month(month=DECEMBER, now=starts_at(month_after(DECEMBER)) + timedelta(minutes=30))
    months = [goods.asset[-7:] for goods in balances_of(friend).goods]
    assert months == sorted(months) == ["2027-01"]
    assert [held.asset for held in holdings_at([main_of(holder)])] == []


def _deliver(holder: Holder, *, asset: str, mb: int, now: datetime) -> None:
    deliver_data(
        holder=holder, asset=asset, mb=mb, msisdn=own(holder).msisdn, key=uuid.uuid4(), now=now
    )
    carriers_answer(now=now)
    settle_data_deliveries(now=now)
