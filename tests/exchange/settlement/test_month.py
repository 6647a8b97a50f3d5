"""The market's part of a month's close: books end, sellers are paid, fees are taken once."""

import uuid
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.matching.operations import ahead, drain_book, take_book
from exchange.matching.queries import waiting_events
from exchange.orders.models import Event, Order
from exchange.orders.operations import Line, place_order, replace_order
from exchange.settlement.operations import STAGES, close_books
from exchange.settlement.queries import SHARDS, books_open_at, fees_planned, proceeds_planned
from ledger import registry
from ledger.models import Transaction
from ledger.months.operations import begin_close, post_planned, rehearse_close, run_next_part
from ledger.months.refusals import CloseBlocked
from ledger.months.rules import MovedLine
from ledger.queries import amount_at, coins_in
from ledger.registry import ClosingMonth, Stage
from ledger.rules import SHANGHAI, PlannedPostings, month_after
from tests.exchange.proofs import assert_market_is_clean
from tests.given import (
    MONTH,
    NOW,
    PACKAGE,
    a_book,
    a_line,
    a_number,
    a_trader,
    an_allowance,
    an_order,
    give_surplus,
)
from wallet.holders.models import Holder

pytestmark = pytest.mark.django_db
AFTER = datetime(2026, 12, 1, 0, 15, tzinfo=SHANGHAI)
LAST = datetime(2026, 11, 30, 23, 59, 59, 999_999, tzinfo=SHANGHAI)


def test_sellers_get_their_proceeds_less_fees() -> None:
    seller, buyer = _one_month()
    _close()
    # 3 × 83 and 2 × 83 as a maker at 50 bp: 415 coins, 2.075 rounded up once.
    assert coins_in(f"holder/{seller.pk}/main") == 415 - 3
    assert coins_in(f"holder/{seller.pk}/proceeds/2026-11") == 0
    # The buyer takes at 100 bp: 4.15 rounded up once.
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - 415 - 5
    assert coins_in(f"holder/{buyer.pk}/fees/2026-11") == 0
    assert coins_in("fees/CT") == 3 + 5
    assert_market_is_clean()


def test_a_rehearsal_names_each_stages_lines_and_they_are_what_it_would_post() -> None:
    seller, _buyer = _one_month()
    assert close_books(month=MONTH, now=AFTER) == []
    lines: list[MovedLine] = []
    totals = rehearse_close(month=MONTH, now=AFTER, take=lines.append)
    came: dict[str, Counter[str]] = {stage: Counter() for stage in totals}
    for line in lines:
        came[line.stage][line.asset] += max(0, line.change)
        assert line.before is None or line.after == line.before + line.change
    # Within one part an account may both pay and be paid: its line is the difference.
    for stage, sums in totals.items():
        assert all(came[stage][asset] <= amount for asset, amount in sums.items())
    assert dict(came["proceeds"]) == totals["proceeds"] == {"COIN": 415}
    paid = [line for line in lines if line.address == f"holder/{seller.pk}/main"]
    assert [(line.stage, line.before, line.after) for line in paid[:1]] == [("proceeds", 0, 412)]
    assert coins_in(f"holder/{seller.pk}/main") == 0


def test_a_repeat_changes_nothing() -> None:
    _one_month()
    _close()
    before = set(Transaction.objects.values_list("id", flat=True))
    closing = ClosingMonth(month=MONTH, at=LAST, inputs={})
    for planned in (proceeds_planned, fees_planned):
        again = [post_planned(planned(closing, shard)) for shard in SHARDS]
        assert {postings for postings, _ in again} == {0}
    assert set(Transaction.objects.values_list("id", flat=True)) == before


def test_parts_are_cut_by_the_months_purses_and_not_by_holders() -> None:
    november, december = (
        ClosingMonth(month=month, at=LAST, inputs={}) for month in (MONTH, month_after(MONTH))
    )
    a_trader()
    assert [stage.shards(november) for stage in STAGES] == [("",), ("",)]
    _one_month()
    assert [len(stage.shards(november)) for stage in STAGES] == [16, 16]
    assert [stage.shards(december) for stage in STAGES] == [("",), ("",)]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_purses_are_found_by_their_index(stage: Stage) -> None:
    closing = ClosingMonth(month=MONTH, at=LAST, inputs={})
    planned = stage.plan(closing, "0")
    assert isinstance(planned, PlannedPostings)
    with CaptureQueriesContext(connection) as counted:
        stage.shards(closing)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # which is cheaper, of a few rows
        for query, values in ((planned.query, planned.parameters), (counted[0]["sql"], None)):
            cursor.execute(f"EXPLAIN {query}", values)
            plan = "".join(line for (line,) in cursor.fetchall())
            assert "ledger_account_purse" in plan
            assert "(address, 7) = '2026-11'" in plan


def test_unused_cover_comes_back() -> None:
    seller, buyer, book = a_trader(), a_trader(coins=1_000), a_book()
    line = a_line(seller, surplus_mb=1_000)
    for _ in range(2):  # two orders, each with a cover of its own rounded up
        an_order(buyer, book, "B", 10, 1)
    for _ in range(2):
        an_order(seller, book, "S", 10, 1, line=line)
    drain_book(book_id=book.pk, now=NOW)
    assert coins_in(f"holder/{buyer.pk}/fees/2026-11") == 2
    _close()
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - 20 - 1


def test_fees_are_rounded_once_per_carrier() -> None:
    seller, buyer = a_trader(), a_trader(coins=1_000)
    line = a_line(seller, surplus_mb=1_000)
    other = a_trader()
    for book, owner, at in (
        (a_book("CT"), seller, line),
        (a_book("CU"), other, _unicom_line(other)),
    ):
        an_order(owner, book, "S", 50, 1, line=at)
        an_order(buyer, book, "B", 50, 1)
        drain_book(book_id=book.pk, now=NOW)
    _close()
    assert (coins_in("fees/CT"), coins_in("fees/CU")) == (2, 2)
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - 100 - 2


def test_a_fee_by_lot_never_takes_more_than_the_proceeds() -> None:
    seller, buyer, book = a_trader(), a_trader(coins=1_000), a_book()
    book.seller_coins_per_lot = 5
    an_order(seller, book, "S", 5, 1, line=a_line(seller, surplus_mb=100))
    an_order(buyer, book, "B", 5, 1)
    drain_book(book_id=book.pk, now=NOW)
    _close()
    assert coins_in(f"holder/{seller.pk}/main") == 0
    assert coins_in("fees/CT") == 5 + 1


def test_what_fees_miss_is_the_last_carriers_loss() -> None:
    seller, buyer = a_trader(), a_trader(coins=1_000)
    lines = (a_line(seller, surplus_mb=100), _unicom_line(seller))
    for carrier, line in zip(("CT", "CU"), lines, strict=True):
        book = a_book(carrier)
        book.seller_coins_per_lot = 12
        an_order(seller, book, "S", 10, 1, line=line)
        an_order(buyer, book, "B", 10, 1)
        drain_book(book_id=book.pk, now=NOW)
    _close()
    # A lot costs 12 and the 0.05 of a maker, rounded up; a taker's tenth is rounded up too.
    assert coins_in(f"holder/{seller.pk}/main") == 0
    assert (coins_in("fees/CT"), coins_in("fees/CU")) == (13 + 1, 7 + 1)


def test_an_open_book_keeps_the_month_from_closing() -> None:
    a_book()
    assert books_open_at(MONTH) == "Books are open: CT 2026-11."
    with pytest.raises(CloseBlocked):
        begin_close(month=MONTH, now=AFTER)


def test_closing_books_gives_open_orders_back_in_their_month() -> None:
    seller, book = a_trader(), a_book()
    line = a_line(seller, surplus_mb=300)
    order = an_order(seller, book, "S", 80, 3, line=line)
    assert close_books(month=MONTH, now=AFTER) == []
    order.refresh_from_db()
    assert (order.state, order.reason) == ("cancelled", "closed")
    assert amount_at(f"line/{line.number.pk}/{PACKAGE}", "SURPLUS-CT-2026-11") == 300
    assert books_open_at(MONTH) is None
    assert_market_is_clean()


def test_a_book_another_writer_holds_stays_open() -> None:
    book = a_book()
    assert take_book(book_id=book.pk, now=AFTER) is not None
    assert close_books(month=MONTH, now=AFTER) == [book]
    assert close_books(month=MONTH, now=AFTER + timedelta(seconds=16)) == []


def test_an_order_accepted_while_its_book_closed_comes_back_with_the_close(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seller, buyer, book = a_trader(), a_trader(coins=1_000), a_book()
    line = a_line(seller, surplus_mb=300)
    close_books(month=MONTH, now=AFTER)
    # Both read the book before it closed, and committed after the close looked for open books.
    sell = an_order(seller, book, "S", 80, 3, line=line, now=LAST)
    buy = place_order(
        holder=buyer, book=book, side="B", price_coins=80, lots=1, key=uuid.uuid4(), now=LAST
    )
    assert books_open_at(MONTH) is not None
    monkeypatch.setattr(registry, "_blockers", {})
    _run_close()
    assert set(Order.objects.values_list("state", "reason")) == {("cancelled", "closed")}
    assert {order.pk for order in Order.objects.all()} == {sell.pk, buy.pk}
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000
    assert amount_at(f"line/{line.number.pk}/{PACKAGE}", "SURPLUS-CT-2026-11") == 300
    # The writer numbers their events without touching what has ended.
    assert drain_book(book_id=book.pk, now=AFTER) == 2
    assert_market_is_clean()


def test_what_a_replacement_set_aside_while_its_book_closed_comes_back_with_the_close(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    buyer, book = a_trader(coins=1_000), a_book()
    order = an_order(buyer, book, "B", 50, 4)
    drain_book(book_id=book.pk, now=NOW)
    replace_order(holder=buyer, order=order, price_coins=60, lots=8, key=uuid.uuid4(), now=LAST)
    # As if it were committed when the book's writer had read its log for the last time.
    wish, read = Event.objects.get(kind="replace"), waiting_events
    with monkeypatch.context() as unseen:
        unseen.setattr(
            ahead,
            "waiting_events",
            lambda *of, **at: [event for event in read(*of, **at) if event.pk != wish.pk],
        )
        assert close_books(month=MONTH, now=AFTER) == [book]
    monkeypatch.setattr(registry, "_blockers", {})
    _run_close()
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000
    # Its turn finds nothing beside the order any more.
    assert drain_book(book_id=book.pk, now=AFTER) == 1
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000
    assert_market_is_clean()


def _one_month() -> tuple[Holder, Holder]:
    seller, buyer, book = a_trader(), a_trader(coins=1_000), a_book()
    line = a_line(seller, surplus_mb=1_000)
    an_order(seller, book, "S", 83, 5, line=line)
    an_order(buyer, book, "B", 83, 3)
    an_order(buyer, book, "B", 83, 2)
    drain_book(book_id=book.pk, now=NOW)
    return seller, buyer


def _unicom_line(holder: Holder) -> Line:
    number = a_number(holder, carrier="CU")
    an_allowance(number, 20_000)
    give_surplus(number, 1_000)
    return Line(number=number, package=PACKAGE)


def _close() -> None:
    assert close_books(month=MONTH, now=AFTER) == []
    _run_close()


def _run_close() -> None:
    close = begin_close(month=MONTH, now=AFTER)
    while run_next_part(close=close, now=AFTER):
        pass
