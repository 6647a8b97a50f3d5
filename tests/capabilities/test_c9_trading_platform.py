"""C9: surplus is sold to other subscribers: order, match and settle in one ledger."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from exchange.orders.models import Book, Order
from exchange.settlement.operations import close_books
from ledger.models import Month
from ledger.months.models import ClosePart
from ledger.months.operations import begin_close, run_next_part
from ledger.operations import open_month, open_months
from ledger.queries import amount_at, coins_in, month_state
from ledger.rules import month_after, month_name, month_of, starts_at
from tests import servers
from tests.exchange.proofs import assert_market_is_clean
from tests.given import a_book, a_holder, a_line, a_trader, client_of, give_data
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
        timeout=600,  # of a busy machine
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.own_database
def test_without_the_exchange_a_month_closes(own_database: str) -> None:
    now = timezone.now()
    month = month_after(month_of(now), -2)  # the last one may not close before 00:10 of the first
    for each in (month, month_after(month)):
        open_month(month=each)
    open_months(now=now)
    asset = give_data(a_holder(now=now), 70, month=month, now=starts_at(month) + timedelta(days=9))
    done = subprocess.run(
        [sys.executable, "manage.py", "settle_month", month_name(month), "--workers", "1"],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "EXCHANGE": "off",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": servers.application_url(database=own_database),
        },
        capture_output=True,
        text=True,
        timeout=600,  # of a busy machine
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert month_state(month) == Month.State.CLOSED
    assert amount_at("system/expired", asset) == 70
    stages = {*ClosePart.objects.values_list("stage", flat=True)}
    assert stages >= {"netting", "invoices", "closing_balances"}
    assert not stages & {"proceeds", "fees"}


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
