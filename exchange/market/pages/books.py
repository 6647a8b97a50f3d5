"""The month's books, and one of them: to buy and sell simply, or with everything in sight."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from exchange.market.pages.forms import BuyForm, SellForm
from exchange.market.pages.parts import PARTS, context_of, form_of, parts_of
from exchange.market.pages.streams import stream_of
from exchange.market.pages.words import ORDERS_SHOWN, fees_of, rows_of
from exchange.market.queries import offers_at, snapshot_of, stocks_of, unsettled_of
from exchange.market.rules import Snapshot, quote_of
from exchange.matching.tasks import run_writer
from exchange.orders.models import Book, Order
from exchange.orders.operations import LOTS_MAX, place_order
from exchange.orders.queries import LIVE, book_of, number_for, orders_of
from ledger.rules import month_after
from wallet.carriers.tasks import nudge
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import form_refusals
from wallet.holders.queries import holder_of, numbers_of
from wallet.holders.rules import opaque_id, uuid_in

PARTS_SECONDS = 60
VIEWS = {"simple": "exchange/book.html", "full": "exchange/book_full.html"}


@login_required
@require_GET
def market(request: HttpRequest) -> HttpResponse:
    """Show this month's books, my carriers' first, my open orders, and what waits for the close."""
    holder = holder_of(request.user)
    mine = {number.carrier_id for number in numbers_of(holder)}
    offers = sorted(offers_at(timezone.now()), key=lambda offer: offer.book.carrier_id not in mine)
    context = {
        "offers": [
            {
                "id": opaque_id("bok", offer.book.pk),
                "book": offer.book,
                "is_mine": offer.book.carrier_id in mine,
                **context_of(offer.snapshot),
            }
            for offer in offers
        ],
        **stream_of(holder, [offer.book for offer in offers], page="cards"),
        **_open_orders(holder),
        "unsettled": [each for each in unsettled_of(holder) if each.proceeds_coins],
    }
    return render(request, "exchange/market.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def one_book(request: HttpRequest, book: str, view: str = "simple") -> HttpResponse:
    """Show a book with its forms; a POST places an order."""
    holder, found = holder_of(request.user), book_of(uuid_in("bok", book))
    snapshot, stocks = snapshot_of(found, now=timezone.now()), stocks_of(holder, found)
    fresh = {"key": uuid.uuid4(), "lots": 1, "kind": _usual_kind(snapshot)}
    asked: dict[str, Any] = {"book": found, "snapshot": snapshot}
    number = number_for(holder, carrier=found.carrier_id)
    buy = BuyForm(prefix="buy", number=number, initial=fresh | {"side": Order.Side.BUY}, **asked)
    sell = SellForm(
        prefix="sell", stocks=stocks, initial=fresh | {"side": Order.Side.SELL}, **asked
    )
    if request.method == "POST":
        form: BuyForm | SellForm
        if "sell-side" in request.POST:
            form = sell = SellForm(request.POST, prefix="sell", stocks=stocks, **asked)
        else:
            form = buy = BuyForm(request.POST, prefix="buy", number=number, **asked)
        if form.is_valid():
            with form_refusals(form):
                order = at_the_clock(lambda now: _place(holder, found, form, now))
                nudge(run_writer, book=str(found.pk))
                return redirect("order", opaque_id("ord", order.pk))
    context = {
        "buy": buy,
        "sell": sell,
        "has_stock": bool(stocks),
        "number": number,
        "book": found,
        "book_id": opaque_id("bok", found.pk),
        "fees": fees_of(found),
        "paid_on": month_after(found.month),
        "last_day": month_after(found.month) - timedelta(days=1),
        **stream_of(holder, [found], page=view),
        "orders": rows_of(_mine_in(holder, found)),
        **context_of(snapshot),
        # Of what is in the forms: after a refusal that is what was typed.
        **_quotes(snapshot, buy=_lots_in(buy["lots"].value()), sell=_lots_in(sell["lots"].value())),
    }
    return render(request, VIEWS[view], context)


@login_required
@require_GET
def parts(request: HttpRequest, book: str, page: str) -> HttpResponse:
    """Return what changes of a page, as the live stream would: for those it does not reach."""
    found, now = book_of(uuid_in("bok", book)), timezone.now()
    form = form_of(page if page in PARTS else "simple")
    snapshot = snapshot_of(found, now=now)
    key = f"parts:{found.pk}:{snapshot.sequence}:{snapshot.phase}:{snapshot.at:%d%H%M}:{form}"
    drawn = cache.get_or_set(key, lambda: parts_of(snapshot, form=form), PARTS_SECONDS)
    answer = JsonResponse({"book": opaque_id("bok", found.pk), "parts": drawn})
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_GET
def my_orders_in_book(request: HttpRequest, book: str) -> HttpResponse:
    """Show my open orders in a book: the only part that is mine."""
    holder, found = holder_of(request.user), book_of(uuid_in("bok", book))
    context = {"orders": rows_of(_mine_in(holder, found)), "book_id": book}
    return render(request, "exchange/book_orders.html", context)


@login_required
@require_GET
def my_open_orders(request: HttpRequest) -> HttpResponse:
    """Show my open orders in all books."""
    return render(request, "exchange/market_orders.html", _open_orders(holder_of(request.user)))


@login_required
@require_GET
def quote(request: HttpRequest, book: str, side: str) -> HttpResponse:
    """Say what so many lots would cost or bring now."""
    found = book_of(uuid_in("bok", book))
    lots = _lots_in(request.GET.get(f"{side}-lots", ""))
    quotes = _quotes(snapshot_of(found, now=timezone.now()), buy=lots, sell=lots)
    context = quotes["quote_buy" if side == "buy" else "quote_sell"]
    return render(request, "exchange/quote.html", {"quote": context, "side": side})


def _lots_in(typed: object) -> int:
    """Return the lots somebody typed, at most what an order takes; 0 of what is no number."""
    text = str(typed or "").strip()
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(LOTS_MAX))
    return min(int(text), LOTS_MAX) if is_number else 0


def _quotes(snapshot: Snapshot, *, buy: int, sell: int) -> dict[str, Any]:
    return {
        "quote_buy": quote_of(snapshot.asks, lots=buy),
        "quote_sell": quote_of(snapshot.bids, lots=sell),
    }


def _usual_kind(snapshot: Snapshot) -> str:
    is_now = snapshot.phase == Book.Phase.CONTINUOUS
    return str(Order.Kind.MARKET if is_now else Order.Kind.LIMIT)


def _open_orders(holder: Holder) -> dict[str, Any]:
    orders = orders_of(holder).filter(state__in=LIVE)[:ORDERS_SHOWN]
    return {"orders": rows_of(orders), "key": uuid.uuid4()}


def _mine_in(holder: Holder, book: Book) -> Any:
    return orders_of(holder).filter(book=book, state__in=LIVE)[:ORDERS_SHOWN]


def _place(holder: Holder, book: Book, form: BuyForm | SellForm, now: datetime) -> Order:
    fields = form.cleaned_data
    stock = form.stocks[fields["line"]] if isinstance(form, SellForm) else None
    return place_order(
        holder=holder,
        book=book,
        side=Order.Side.SELL if stock else Order.Side.BUY,
        price_coins=fields["price_coins"],
        lots=fields["lots"],
        line=stock.line if stock else None,
        kind=fields["kind"],
        time_in_force="IOC" if fields["kind"] == Order.Kind.MARKET else "GTC",
        deliver_at_once=fields.get("at_once", False),
        key=fields["key"],
        now=now,
    )
