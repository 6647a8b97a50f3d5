"""C9: surplus is sold to other subscribers: order, match and settle in one ledger."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from exchange.orders.models import Book, Order
from exchange.settlement.operations import close_books
from ledger.months.operations import begin_close, run_next_part
from ledger.queries import amount_at, coins_in
from ledger.rules import month_after, month_name, month_of, starts_at
from tests.exchange.proofs import assert_market_is_clean
from tests.given import a_book, a_line, a_trader, client_of
from tests.given_market import drained
from tests.house.sources import CHECKOUT
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id

WITHOUT = """
import django
django.setup()
from django.apps import apps
from django.urls import get_resolver
from config.schedule import SCHEDULE
from ledger import registry
assert not apps.is_installed("exchange")
assert not [task for task in SCHEDULE.values() if task["task"].startswith("exchange.")]
assert registry.stages() and not {"proceeds", "fees"} & {stage.name for stage in registry.stages()}
assert not [url for url in get_resolver().reverse_dict if url == "market"]
"""


@pytest.mark.django_db
def test_surplus_is_sold_delivered_to_the_buyer_and_paid_out_at_the_close() -> None:
    now = timezone.now()
    month = month_of(now)
    book = a_book(month=month, now=now)
    seller, buyer = a_trader(now=now), a_trader(coins=1_000, now=now)
    line = a_line(seller, surplus_mb=500, now=now)
    sell = {"number": opaque_id("num", line.number.pk), "package": line.package}
    _order(seller, book, "sell", 70, 3, **sell)
    _order(buyer, book, "buy", 75, 2)
    drained(book, now=now)
    assert set(Order.objects.values_list("state", flat=True)) == {"filled", "open"}
    name = month_name(month)
    bought = amount_at(f"holder/{buyer.pk}/main", f"DATA-CT-{name}")
    under_way = sum(
        order.bought.filter(delivery__isnull=False).count() for order in buyer.orders.all()
    )
    assert bought == (0 if under_way else 200)
    # 2 × 70 and the cover of one percent of it, rounded up.
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - 142
    after = starts_at(month_after(month)) + timedelta(minutes=15)
    assert close_books(month=month, now=after) == []
    close = begin_close(month=month, now=after)
    while run_next_part(close=close, now=after):
        pass
    assert coins_in(f"holder/{seller.pk}/main") == 140 - 1
    assert coins_in("fees/CT") == 1 + 2
    assert_market_is_clean()


def test_without_the_exchange_everything_else_stands() -> None:
    settings = {"EXCHANGE": "off", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT],
        cwd=CHECKOUT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _order(holder: Holder, book: Book, side: str, price: int, lots: int, **line: str) -> None:
    body = {
        "book": opaque_id("bok", book.pk),
        "kind": "limit",
        "side": side,
        "price_coins": price,
        "lots": lots,
        **line,
    }
    headers = {"Idempotency-Key": f"00000000-0000-4000-8000-{price:012d}"}
    answer = client_of(holder).post("/api/v1/orders", body, headers=headers)
    assert answer.status_code == 201, answer.content
