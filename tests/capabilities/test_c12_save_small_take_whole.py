"""C12: data saved small and taken whole, coins that never expire, 零存整取 and 永不清零."""

import uuid
from datetime import datetime, timedelta

import pytest

from ledger.months.operations import settle_month
from ledger.operations import open_months
from ledger.queries import coins_in
from ledger.rules import month_after, month_of, starts_at
from tests.carrying import attest, carriers_answer
from tests.given import NOW, PACKAGE, a_holder
from tests.given_own_data import a_rate
from tests.wallet.convert.world import reachable
from wallet.convert.models import Conversion
from wallet.convert.operations import convert_coins, settle_conversions
from wallet.holders.models import Holder
from wallet.holders.queries import main_of
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits
from wallet.rollover.operations.savings import save_as_coins

pytestmark = pytest.mark.own_database  # months close over what was committed
RATE = 80


def save_seven(holder: Holder, *, now: datetime) -> None:
    """Deposit 7 MB and save them as coins."""
    number = holder.numbers.get()
    deposit_surplus(holder=holder, number=number, package=PACKAGE, mb=7, key=uuid.uuid4(), now=now)
    carriers_answer(now=now)
    settle_deposits(now=now)
    save_as_coins(holder=holder, number=number, package=PACKAGE, mb=7, key=uuid.uuid4(), now=now)


@pytest.mark.parametrize("carrier", ["CT", "CU", "CM", "MV"])
def test_twelve_small_deposits_become_their_coins_and_one_conversion(carrier: str) -> None:
    reachable(carrier)
    holder = a_holder(carrier=carrier)
    attest(holder.numbers.get())
    a_rate(carrier, RATE)
    for day in range(12):
        save_seven(holder, now=NOW + timedelta(days=day))
    coins = 84 * RATE // 100
    assert coins_in(main_of(holder)) == coins
    now = NOW + timedelta(days=13)
    row = convert_coins(
        holder=holder, msisdn=holder.numbers.get().msisdn, coins=coins, key=uuid.uuid4(), now=now
    )
    carriers_answer(now=now)
    settle_conversions(now=now)
    row.refresh_from_db()
    assert row.state == Conversion.State.DELIVERED
    assert coins_in(main_of(holder)) == 0


def test_coins_are_unchanged_after_thirteen_settled_months() -> None:
    holder = a_holder()
    attest(holder.numbers.get())
    a_rate("CT", RATE)
    save_seven(holder, now=NOW)
    coins, month = coins_in(main_of(holder)), month_of(NOW)
    for _ in range(13):
        open_months(now=starts_at(month_after(month)))
        settle_month(month=month, now=starts_at(month_after(month)) + timedelta(minutes=30))
        month = month_after(month)
    assert coins_in(main_of(holder)) == coins == 7 * RATE // 100
