"""Admins read the market and change nothing in it; an auditor finds the order behind an address."""

import re
import uuid
from datetime import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exchange.matching.operations import drain_book
from exchange.orders.models import Event, Order, Trade
from exchange.orders.queries import cause_of_order, events_of
from ledger.adjustments.models import Proposal
from ledger.registry import cause_of
from ledger.rules import month_of
from tests.given import NOW, a_book, a_trader, an_order
from tests.given_market import an_offer
from wallet.holders.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("+8613300000000"))
    return client


@pytest.mark.parametrize("table", ["book", "order", "event", "trade"])
def test_every_table_is_listed_and_shown(client: Client, table: str) -> None:
    _one_trade()
    listed = client.get(f"/admin/exchange/{table}/")
    assert listed.status_code == 200
    row = listed.context["cl"].queryset.first()
    path = f"/admin/exchange/{table}/{row.pk}/change/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"lots": 9}).status_code == 403
    assert client.post(f"/admin/exchange/{table}/{row.pk}/delete/").status_code == 403
    assert client.get(f"/admin/exchange/{table}/add/").status_code == 403


def test_a_book_is_halted_and_goes_on_by_hand_and_it_is_on_record(client: Client) -> None:
    now = timezone.now()
    book = a_book(month=month_of(now), now=now)
    page, key = f"/admin/exchange/book/{book.pk}/change/", str(uuid.uuid4())
    assert "暂停这个市场" in client.get(page).content.decode()
    fields = {"reason": "价格异常，先停", "key": key}
    for _ in range(2):
        client.post(f"/admin/exchange/book/{book.pk}/operate/halt/", fields)
    halt = Event.objects.filter(body__phase="halt").get()
    assert halt.body["reason"] == "价格异常，先停"
    assert halt.body["by"] == f"admin/{User.objects.get(is_superuser=True).pk}"
    assert LogEntry.objects.filter(change_message__contains="halt").exists()
    shown = client.get(page).content.decode()
    assert "恢复这个市场" in shown
    assert "价格异常，先停" in shown
    again = {"reason": "价格异常，再停", "key": str(uuid.uuid4())}
    refused = client.post(f"/admin/exchange/book/{book.pk}/operate/halt/", again, follow=True)
    assert "这个市场已经暂停" in refused.content.decode()
    resumed = {"reason": "已经查明，恢复", "key": str(uuid.uuid4())}
    client.post(f"/admin/exchange/book/{book.pk}/operate/resume/", resumed)
    assert Event.objects.filter(kind="phase").latest("id").body["phase"] == "continuous"


def test_a_bust_is_proposed_from_its_trade(client: Client) -> None:
    now = timezone.now()
    User.objects.get(is_superuser=True).groups.add(Group.objects.get(name="controller"))
    trade = _one_trade(now=now)
    page = f"/admin/exchange/trade/{trade.pk}/change/"
    assert "提议作废这笔成交" in client.get(page).content.decode()
    fields = {"reason": "两个账户是同一个人，见案卷。", "key": str(uuid.uuid4())}
    answer = client.post(f"/admin/exchange/trade/{trade.pk}/bust/", fields)
    proposal = Proposal.objects.get(action="bust_trades")
    assert answer["Location"].endswith(f"/{proposal.pk}/change/")
    assert client.get(answer["Location"]).status_code == 200


def test_who_may_only_read_halts_and_proposes_nothing(client: Client) -> None:
    trade = _one_trade()
    reader = User.objects.create_user("+8613300000001", is_staff=True)
    client.force_login(reader)
    fields = {"reason": "价格异常，先停", "key": str(uuid.uuid4())}
    for path in (f"book/{trade.book_id}/operate/halt", f"trade/{trade.pk}/bust"):
        assert client.post(f"/admin/exchange/{path}/", fields).status_code == 403


def test_orders_are_found_by_id_and_bad_searches_find_nothing(client: Client) -> None:
    _one_trade()
    order = Order.objects.first()
    assert order is not None
    found = client.get("/admin/exchange/order/", {"q": str(order.pk)})
    assert [row.pk for row in found.context["cl"].queryset] == [order.pk]
    assert client.get("/admin/exchange/order/", {"q": "x' OR 1=1"}).status_code == 200


def test_trades_are_found_by_their_id_and_their_orders(client: Client) -> None:
    trade = _one_trade()
    for sought in (trade.pk, trade.buy_id, trade.sell_id):
        found = client.get("/admin/exchange/trade/", {"q": str(sought)})
        assert [row.pk for row in found.context["cl"].result_list] == [trade.pk]
    for nothing in (str(uuid.uuid4()), "x' OR 1=1"):
        found = client.get("/admin/exchange/trade/", {"q": nothing})
        assert list(found.context["cl"].result_list) == []


def test_the_log_is_searched_by_order(client: Client) -> None:
    trade = _one_trade()
    found = client.get("/admin/exchange/event/", {"q": f" {trade.buy_id} "})
    assert [row.order_id for row in found.context["cl"].result_list] == [trade.buy_id]
    for nothing in (str(uuid.uuid4()), str(trade.buy_id)[:8], "x' OR 1=1"):
        found = client.get("/admin/exchange/event/", {"q": nothing})
        assert list(found.context["cl"].result_list) == []


@pytest.mark.parametrize("asked", ["all", "holder", "trades", "trades of a book"])
def test_a_page_is_read_in_an_index_and_never_sorted_out_of_a_table(
    client: Client, asked: str
) -> None:
    trade = _one_trade()
    table, query = {
        "all": ("order", {}),
        "holder": ("order", {"q": str(trade.buy.holder_id)}),
        "trades": ("trade", {}),
        "trades of a book": ("trade", {"book__id__exact": str(trade.book_id)}),
    }[asked]
    with CaptureQueriesContext(connection) as queries:
        listed = client.get(f"/admin/exchange/{table}/", query)
    assert len(listed.context["cl"].result_list) == (2 if asked == "all" else 1)
    [page] = [one["sql"] for one in queries if one["sql"].endswith("LIMIT 51")]
    with connection.cursor() as cursor:
        # The tables are small: what is left is how it goes where they are large.
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {page}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert not re.search(rf"Seq Scan on exchange_{table}|(?<!Incremental )Sort  \(", plan), plan


def test_an_orders_events_are_found_by_who_asked_in_the_log_of_any_length(client: Client) -> None:
    trade = _one_trade()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = events_of(trade.buy).explain()
    assert plan.count("Bitmap Index Scan on event_client_id_once") == 2, plan


def test_an_address_tells_its_order() -> None:
    order = an_order(a_trader(coins=1_000), a_book(), "B", 90, 2)
    cause = cause_of(f"order/{order.pk}")
    assert cause is not None
    assert cause.facts["手数"] == "2，已成交 0，未成交 2"
    assert cause_of_order(f"order/{uuid.uuid4()}") is None
    assert cause_of_order("order/x") is None


def _one_trade(now: datetime = NOW) -> Trade:
    book = a_book(month=month_of(now), now=now)
    an_offer(book, 80, 1, now=now)
    an_order(a_trader(coins=1_000, now=now), book, "B", 80, 1, now=now)
    drain_book(book_id=book.pk, now=now)
    return Trade.objects.get()
