"""N6: nothing bought in the last call is expired by the close of the month after its own either."""

from datetime import date, datetime, timedelta

import pytest

from ledger.models import Account
from ledger.months.operations import settle_month
from ledger.queries import amount_at
from ledger.rules import SHANGHAI
from tests.given import MONTH, a_holder, give_data
from tests.given_last_call import AFTER, BOUGHT, NEXT, answered, bought_in_the_last_call
from tests.wallet.convert.world import broken_proofs, deliver
from wallet.carriers.adaptors.contract import Outcome
from wallet.convert.models import DataDelivery

pytestmark = pytest.mark.own_database
DECEMBER = date(2026, 12, 1)
IN_JANUARY = datetime(2027, 1, 1, 0, 15, tzinfo=SHANGHAI)


def test_what_is_still_under_way_is_delivered_after_two_closes() -> None:
    bought_in_the_last_call()
    give_data(a_holder(), 70)
    settle_month(month=MONTH, now=AFTER)
    settle_month(month=DECEMBER, now=IN_JANUARY)
    waiting = DataDelivery.objects.filter(state=DataDelivery.State.ON_ITS_WAY)
    assert sum(amount_at(f"delivery/{row.pk}", BOUGHT) for row in waiting) == 500
    answered(at=IN_JANUARY + timedelta(hours=5))
    assert amount_at("carrier/CT/delivered", BOUGHT) == 500
    # Data that lay idle is expired, and nothing else is.
    assert _data_expired() == {BOUGHT: 70}


def test_what_came_in_place_of_it_and_is_under_way_again_outlives_the_close_after() -> None:
    buyer, delivery = bought_in_the_last_call()
    settle_month(month=MONTH, now=AFTER)
    answered(at=AFTER + timedelta(hours=5), outcome=Outcome.FAILED)
    evening = IN_JANUARY - timedelta(hours=1)
    again = deliver(buyer, asset=NEXT, mb=500, msisdn=delivery.msisdn, now=evening)
    settle_month(month=DECEMBER, now=IN_JANUARY)
    assert amount_at(f"delivery/{again.pk}", NEXT) == 500
    answered(at=IN_JANUARY + timedelta(hours=5), outcome=Outcome.FAILED)
    assert amount_at(f"holder/{buyer.pk}/main", "DATA-CT-2027-01") == 500
    assert _data_expired() == {}


def _data_expired() -> dict[str, int]:
    """Return how much (MB) of which data the closes expired, once the books are proved."""
    assert broken_proofs() == []
    assets = Account.objects.filter(address="system/expired", asset__startswith="DATA-")
    return {
        asset: amount_at("system/expired", asset)
        for asset in assets.values_list("asset", flat=True)
    }
