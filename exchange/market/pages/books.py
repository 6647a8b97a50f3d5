"""The month's books, and one of them with its forms."""

import uuid
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from exchange.market.pages.forms import BuyForm, SellForm
from exchange.market.pages.words import ORDERS_SHOWN, PHASES, priced, rows_of, shown
from exchange.market.queries import offers_at, stocks_of, unsettled_of
from exchange.matching.tasks import run_writer
from exchange.orders.models import Book, Order
from exchange.orders.operations import place_order
from exchange.orders.queries import LIVE, book_of, number_for, orders_of
from wallet.carriers.tasks import nudge
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import form_refusals
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in


@login_required
@require_GET
def market(request: HttpRequest) -> HttpResponse:
    """Show this month's books, my open orders, and what waits for the month's close."""
    holder = holder_of(request.user)
    context = {
        "offers": [
            {
                "id": opaque_id("bok", offer.book.pk),
                "book": offer.book,
                "phase": PHASES[offer.book.phase],
                "ask": priced(offer.book, offer.snapshot.asks[:1]),
                "bid": priced(offer.book, offer.snapshot.bids[:1]),
                "last": offer.snapshot.last_price_coins,
            }
            for offer in offers_at(timezone.now())
        ],
        "orders": rows_of(orders_of(holder).filter(state__in=LIVE)[:ORDERS_SHOWN]),
        "key": uuid.uuid4(),
        "unsettled": [each for each in unsettled_of(holder) if each.proceeds_coins],
    }
    return render(request, "exchange/market.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def one_book(request: HttpRequest, book: str) -> HttpResponse:
    """Show a book with its forms; a POST places an order."""
    holder, found = holder_of(request.user), book_of(uuid_in("bok", book))
    stocks = stocks_of(holder, found)
    buy = BuyForm(book=found, prefix="buy", initial=_fresh(Order.Side.BUY))
    sell = SellForm(book=found, stocks=stocks, prefix="sell", initial=_fresh(Order.Side.SELL))
    if request.method == "POST":
        form: BuyForm | SellForm
        if "sell-side" in request.POST:
            form = sell = SellForm(request.POST, book=found, stocks=stocks, prefix="sell")
        else:
            form = buy = BuyForm(request.POST, book=found, prefix="buy")
        if form.is_valid():
            with form_refusals(form):
                order = at_the_clock(lambda now: _place(holder, found, form, now))
                nudge(run_writer, book=str(found.pk))
                return redirect("order", opaque_id("ord", order.pk))
    context = {
        "buy": buy,
        "sell": sell,
        "has_stock": bool(stocks),
        "number": number_for(holder, carrier=found.carrier_id),
        **shown(holder, found, now=timezone.now()),
    }
    return render(request, "exchange/book.html", context)


@login_required
@require_GET
def live(request: HttpRequest, book: str) -> HttpResponse:
    """Show the part of a book that changes."""
    found = book_of(uuid_in("bok", book))
    return render(
        request,
        "exchange/book_live.html",
        shown(holder_of(request.user), found, now=timezone.now()),
    )


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


def _fresh(side: str) -> dict[str, object]:
    return {"key": uuid.uuid4(), "side": side, "lots": 1}
