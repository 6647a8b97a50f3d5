"""C18: a market set by data alone to 1 GB lots, a band of 15 to 60 and a fee of 15 a lot."""

from datetime import datetime

import pytest

from exchange.orders.models import Trade
from exchange.orders.operations import BadPrice
from exchange.settlement.operations import close_books
from ledger.months.operations import begin_close, run_next_part
from ledger.queries import amount_at, coins_in
from ledger.rules import SHANGHAI
from tests.exchange.proofs import assert_market_is_clean
from tests.given import MONTH, NOW, a_book, a_line, a_trader
from tests.given_market import a_buy, an_offer, drained
from wallet.policy.operations import set_policy

pytestmark = pytest.mark.django_db
AFTER = datetime(2026, 12, 1, 0, 15, tzinfo=SHANGHAI)
TERMS = {
    "book.lot_mb": 1_024,
    "book.price_min": 15,
    "book.price_max": 60,
    "book.fee_seller_coins_per_lot": 15,
    "book.fee_maker_bp": 0,
    "book.fee_taker_bp": 0,
}


def test_it_trades_and_settles() -> None:
    # A hundred-megabyte market beside it goes on by its own terms.
    for key, value in TERMS.items():
        set_policy(
            key=key, value=value, scope="CT", starts_at=NOW, set_by="t", reason="2cm", now=NOW
        )
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    a_line(seller, surplus_mb=4_096)
    assert a_book("CU").lot_mb == 100
    for price in (14, 61):
        with pytest.raises(BadPrice):
            a_buy(buyer, book, price, 1)
    an_offer(book, 40, 3, seller=seller)
    an_offer(book, 15, 1, seller=seller)
    a_buy(buyer, book, 45, 3)
    drained(book)
    trades = Trade.objects.order_by("number").values_list("price_coins", "lots")
    assert list(trades) == [(15, 1), (40, 2)]
    assert amount_at(f"holder/{buyer.pk}/main", "DATA-CT-2026-11") == 3 * 1_024
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - 95
    assert close_books(month=MONTH, now=AFTER) == []
    close = begin_close(month=MONTH, now=AFTER)
    while run_next_part(close=close, now=AFTER):
        pass
    # Three lots' fees; the lot at the floor brought its seller nothing.
    assert coins_in(f"holder/{seller.pk}/main") == 95 - 45
    assert coins_in("fees/CT") == 45
    assert_market_is_clean()
