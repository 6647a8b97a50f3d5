"""The market's pages: a book, an order placed, refused, cancelled, and what strangers see."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from exchange.matching.operations import drain_book
from exchange.orders.models import Book, Order
from exchange.orders.operations import turn_phase
from ledger.rules import month_of
from tests.given import a_book, a_line, a_trader, an_order
from tests.given_market import an_offer
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    now = timezone.now()
    return a_book(month=month_of(now), now=now)


def test_an_empty_market_says_so() -> None:
    holder = a_trader(now=timezone.now())
    assert "这个月的市场还没有开。" in text_of(holder, "/market/")
    assert "not open yet" in text_of(holder, "/market/", language="en")


def test_the_market_shows_prices_against_face_value(book: Book) -> None:
    seller = a_seller(book, price=80)
    page = text_of(seller, "/market/")
    assert "80 币" in page
    assert "省 20%" in page
    assert "Save 20%" in text_of(seller, "/market/", language="en")


def test_a_book_shows_depth_trades_and_my_orders(book: Book) -> None:
    seller = a_seller(book, price=80)
    buyer = a_trader(coins=1_000, now=timezone.now())
    an_order(buyer, book, "B", 80, 1, now=timezone.now())
    drain_book(book_id=book.pk, now=timezone.now())
    page = text_of(seller, f"{path_of(book)}full/")
    assert page.count("80 币") >= 3  # a level, a trade, my order
    assert page.count("<svg") >= 2
    assert "您没有可卖的流量" in text_of(buyer, path_of(book))
    mine = text_of(seller, f"{path_of(book)}mine")
    assert mine.startswith("<section")
    assert "80 币" in mine
    assert "没有正在等成交的挂单" in text_of(buyer, f"{path_of(book)}mine")


def test_a_buy_is_placed_and_shown(book: Book) -> None:
    buyer = a_trader(coins=1_000, now=timezone.now())
    answer = browser_of(buyer).post(path_of(book), buy_fields())
    order = Order.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/market/orders/{opaque_id('ord', order.pk)}/"
    assert (order.side, order.price_coins, order.lots, order.time_in_force) == ("B", 70, 2, "IOC")
    assert "排队中" in text_of(buyer, answer["Location"])


def test_a_sell_is_placed_from_the_line_chosen(book: Book) -> None:
    seller = a_trader(now=timezone.now())
    line = a_line(seller, surplus_mb=500, now=timezone.now())
    fields = {
        "sell-key": str(uuid.uuid4()),
        "sell-side": "S",
        "sell-kind": "limit",
        "sell-price_coins": "70",
        "sell-lots": "2",
        "sell-line": f"{line.number.pk}/{line.package}",
    }
    assert browser_of(seller).post(path_of(book), fields).status_code == 302
    assert Order.objects.get().number == line.number


def test_the_same_form_sent_twice_places_once(book: Book) -> None:
    client, fields = browser_of(a_trader(coins=1_000, now=timezone.now())), buy_fields()
    assert (
        client.post(path_of(book), fields)["Location"]
        == client.post(path_of(book), fields)["Location"]
    )
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [({"buy-price_coins": "101"}, "价格不对"), ({"buy-lots": "900"}, "余额不够")],
)
def test_a_refusal_stands_beside_the_form(book: Book, change: dict[str, str], said: str) -> None:
    buyer = a_trader(coins=1_000, now=timezone.now())
    answer = browser_of(buyer).post(path_of(book), buy_fields() | change)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Order.objects.exists()


def test_a_call_offers_no_price_of_now(book: Book) -> None:
    now, buyer = timezone.now(), a_trader(coins=1_000, now=timezone.now())
    assert "现在买：" in text_of(buyer, path_of(book))
    turn_phase(book=book, phase=Book.Phase.CALL, key=uuid.uuid4(), now=now)
    drain_book(book_id=book.pk, now=now)
    page = text_of(buyer, path_of(book))
    assert "现在买：" not in page
    assert "我出价：" in page
    # Of a page that was opened before the call.
    answer = browser_of(buyer).post(path_of(book), buy_fields())
    assert "集合竞价里没有现价" in answer.content.decode()
    assert not Order.objects.exists()


def test_bad_fields_are_told_in_the_form(book: Book) -> None:
    buyer = a_trader(coins=1_000, now=timezone.now())
    answer = browser_of(buyer).post(path_of(book), buy_fields() | {"buy-lots": "x"})
    assert 'aria-invalid="true"' in answer.content.decode()


def test_an_order_is_cancelled_from_its_page(book: Book) -> None:
    buyer = a_trader(coins=1_000, now=timezone.now())
    order = an_order(buyer, book, "B", 60, 1, now=timezone.now())
    path = f"/market/orders/{opaque_id('ord', order.pk)}/"
    answer = browser_of(buyer).post(f"{path}cancel", {"key": str(uuid.uuid4())}, follow=True)
    assert "已要求撤单" in answer.content.decode()
    drain_book(book_id=book.pk, now=timezone.now())
    page = text_of(buyer, path)
    assert "已撤销" in page
    assert "hx-trigger" not in page
    again = browser_of(buyer).post(f"{path}cancel", {"key": str(uuid.uuid4())})
    assert again.status_code == 409
    assert "已经结束" in again.content.decode()


def test_all_orders_are_cancelled_from_the_market(book: Book) -> None:
    buyer = a_trader(coins=1_000, now=timezone.now())
    order = an_order(buyer, book, "B", 60, 1, now=timezone.now())
    assert "全部撤单" in text_of(buyer, "/market/")
    fields = {"key": str(uuid.uuid4())}
    answer = browser_of(buyer).post("/market/orders/cancel-all", fields, follow=True)
    assert "已要求撤下全部挂单" in answer.content.decode()
    drain_book(book_id=book.pk, now=timezone.now())
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_what_is_bought_leads_to_its_delivery(book: Book) -> None:
    buyer = a_trader(coins=1_000, now=timezone.now())
    a_seller(book, price=60)
    path = browser_of(buyer).post(path_of(book), buy_fields() | {"buy-at_once": "on"})["Location"]
    drain_book(book_id=book.pk, now=timezone.now())
    page = text_of(buyer, path)
    assert "立刻送到" in page
    assert "/deliveries/dlv_" in page


def test_a_call_shows_its_indicative_price(book: Book) -> None:
    buyer, now = a_trader(coins=1_000, now=timezone.now()), timezone.now()
    turn_phase(book=book, phase=Book.Phase.CALL, key=uuid.uuid4(), now=now)
    drain_book(book_id=book.pk, now=now)
    assert "还没有碰上" in text_of(buyer, path_of(book))
    an_order(buyer, book, "B", 70, 3, now=now)
    an_offer(book, 60, 4, now=now)
    drain_book(book_id=book.pk, now=now)
    page = text_of(buyer, path_of(book), language="en")
    assert "Indicative price" in page
    assert "3 lots" in page
    assert "More offers, by" in page


def test_a_buyer_without_a_number_is_told(book: Book) -> None:
    now = timezone.now()
    other = a_book("CU", month=book.month, now=now)
    buyer = a_trader(coins=1_000, now=now)
    assert "您还没有中国联通的号码" in text_of(buyer, path_of(other))
    answer = browser_of(buyer).post(path_of(other), buy_fields() | {"buy-at_once": "on"})
    assert "请先添加" in answer.content.decode()


def test_an_order_tells_why_it_ended(book: Book) -> None:
    buyer = a_trader(coins=1_000, now=timezone.now())
    order = an_order(buyer, book, "B", 60, 1, time_in_force="IOC", now=timezone.now())
    drain_book(book_id=book.pk, now=timezone.now())
    assert "没有立刻成交" in text_of(buyer, f"/market/orders/{opaque_id('ord', order.pk)}/")


def test_htmx_gets_the_part_that_changes(book: Book) -> None:
    buyer = a_trader(coins=1_000, now=timezone.now())
    order = an_order(buyer, book, "B", 60, 1, now=timezone.now())
    path = f"/market/orders/{opaque_id('ord', order.pk)}/"
    part = browser_of(buyer).get(path, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert part.startswith("<div hx-get=")


def test_my_orders_are_listed_with_their_ends(book: Book) -> None:
    buyer = a_trader(coins=1_000, now=timezone.now())
    assert "还没有买卖过。" in text_of(buyer, "/market/orders/")
    an_order(buyer, book, "B", 60, 1, time_in_force="IOC", now=timezone.now())
    drain_book(book_id=book.pk, now=timezone.now())
    assert "已撤销" in text_of(buyer, "/market/orders/")


def test_strangers_see_nothing(book: Book) -> None:
    order = an_order(
        a_trader(coins=1_000, now=timezone.now()), book, "B", 60, 1, now=timezone.now()
    )
    stranger = browser_of(a_trader(now=timezone.now()))
    path = f"/market/orders/{opaque_id('ord', order.pk)}/"
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}cancel", {"key": str(uuid.uuid4())}).status_code == 404
    nobody = Client(headers={"host": "127.0.0.1"})
    for url in ("/market/", path_of(book), path, "/market/orders/"):
        assert nobody.get(url).status_code == 302


def test_proceeds_wait_on_the_market_page(book: Book) -> None:
    seller = a_seller(book, price=80)
    an_order(a_trader(coins=1_000, now=timezone.now()), book, "B", 80, 1, now=timezone.now())
    drain_book(book_id=book.pk, now=timezone.now())
    page = text_of(seller, "/market/")
    assert "待结算" in page
    assert "80 币" in page


def a_seller(book: Book, *, price: int) -> Holder:
    now = timezone.now()
    seller = a_trader(now=now)
    an_order(seller, book, "S", price, 3, line=a_line(seller, surplus_mb=500, now=now), now=now)
    drain_book(book_id=book.pk, now=now)
    return seller


def buy_fields() -> dict[str, str]:
    return {
        "buy-key": str(uuid.uuid4()),
        "buy-side": "B",
        "buy-price_coins": "70",
        "buy-lots": "2",
        "buy-kind": "market",
    }


def path_of(book: Book) -> str:
    return f"/market/{opaque_id('bok', book.pk)}/"


def browser_of(holder: Holder, language: str = "zh-hans") -> Client:
    assert holder.user is not None
    client = Client(headers={"host": "127.0.0.1", "accept-language": language})
    client.force_login(holder.user)
    return client


def text_of(holder: Holder, path: str, *, language: str = "zh-hans") -> str:
    answer = browser_of(holder, language).get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_one_lot_and_many_are_said_apart(book: Book) -> None:
    buyer = a_trader(coins=1_000, now=timezone.now())
    browser_of(buyer).post(path_of(book), buy_fields())
    order = Order.objects.get()
    path = f"/market/orders/{opaque_id('ord', order.pk)}/"
    assert "2 lots ·" in text_of(buyer, path, language="en")
    Order.objects.filter(pk=order.pk).update(open_lots=1, filled_lots=1)
    assert "1 lot</dd>" in text_of(buyer, path, language="en")
