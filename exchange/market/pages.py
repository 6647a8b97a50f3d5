"""The market: books, their depth, a form to buy and one to sell, my orders."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchange.market.queries import Stock, offers_at, snapshot_of, stocks_of, unsettled_of
from exchange.matching.tasks import run_writer
from exchange.orders.models import Book, Order
from exchange.orders.operations import LOTS_MAX, cancel_order, place_order
from exchange.orders.queries import LIVE, book_of, order_of, orders_of, trades_of_order
from wallet.carriers.tasks import nudge
from wallet.holders.idempotency import at_the_clock, key_in
from wallet.holders.models import Holder
from wallet.holders.pages import form_refusals
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in
from wallet.holders.sentences import amount_words, package_words

ORDERS_SHOWN = 50
TRADES_SHOWN = 100
STATES = {
    "accepted": (_("排队中"), ""),
    "open": (_("挂单中"), ""),
    "filled": (_("全部成交"), "good"),
    "cancelled": (_("已撤销"), "warn"),
    "rejected": (_("未被接受"), "bad"),
}
REASONS = {
    "ioc": _("没有立刻成交的部分已退回。"),
    "self_trade": _("不能和自己成交，剩下的已退回。"),
    "closed": _("市场收盘，没有成交的已退回。"),
    "phase": _("市场当时不接受挂单，已退回。"),
}
PHASES = {
    "call": _("集合竞价"),
    "continuous": _("交易中"),
    "halt": _("暂停"),
    "closed": _("已收盘"),
}


class OrderForm(forms.Form):
    """What both forms ask: a price and how many lots."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    side = forms.ChoiceField(choices=Order.Side.choices, widget=forms.HiddenInput)
    price_coins = forms.IntegerField(label=_("每手价格（币）"))
    lots = forms.IntegerField(label=_("手数"), min_value=1, max_value=LOTS_MAX)

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        price = self.fields["price_coins"]
        price.help_text = gettext("%(low)s 到 %(high)s 币") % {
            "low": book.price_min,
            "high": book.price_max,
        }
        price.widget.attrs |= {
            "min": book.price_min,
            "max": book.price_max,
            "step": book.tick_coins,
        }


class BuyForm(OrderForm):
    """Buy lots at a price or below."""

    immediate = forms.BooleanField(label=_("只要立刻能成交的，其余撤销"), required=False)


class SellForm(OrderForm):
    """Sell lots of one of my lines at a price or above."""

    line = forms.ChoiceField(label=_("卖哪份流量"))

    def __init__(self, *args: Any, stocks: list[Stock], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stocks = {f"{stock.line.number.pk}/{stock.line.package}": stock for stock in stocks}
        self.fields["line"].choices = [  # type: ignore[attr-defined]
            (key, f"{stock.mb:,} MB · {package_words(stock.line.package)} · {stock.line.number}")
            for key, stock in self.stocks.items()
        ]


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
                "ask": _priced(offer.book, offer.snapshot.asks[:1]),
                "bid": _priced(offer.book, offer.snapshot.bids[:1]),
                "last": offer.snapshot.last_price_coins,
            }
            for offer in offers_at(timezone.now())
        ],
        "orders": _rows(orders_of(holder).filter(state__in=LIVE)[:ORDERS_SHOWN]),
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
    context = {"buy": buy, "sell": sell, "has_stock": bool(stocks), **_shown(holder, found)}
    return render(request, "exchange/book.html", context)


@login_required
@require_GET
def live(request: HttpRequest, book: str) -> HttpResponse:
    """Show the part of a book that changes."""
    found = book_of(uuid_in("bok", book))
    return render(request, "exchange/book_live.html", _shown(holder_of(request.user), found))


@login_required
@require_GET
def my_orders(request: HttpRequest) -> HttpResponse:
    """Show my latest orders."""
    orders = orders_of(holder_of(request.user))[:ORDERS_SHOWN]
    return render(request, "exchange/orders.html", {"orders": _rows(orders)})


@login_required
@require_GET
def one_order(request: HttpRequest, order: str) -> HttpResponse:
    """Show an order of mine, what it traded and what is left; htmx asks for the part that changes."""
    found = order_of(holder=holder_of(request.user), order_id=uuid_in("ord", order))
    context = {
        **_row(found),
        "reason": REASONS.get(found.reason, ""),
        "trades": trades_of_order(found).order_by("-number")[:TRADES_SHOWN],
        "key": uuid.uuid4(),
        "book_id": opaque_id("bok", found.book_id),
    }
    part = getattr(request, "htmx", False)
    name = "exchange/order_live.html" if part else "exchange/order.html"
    return render(request, name, context)


@login_required
@require_POST
def cancel(request: HttpRequest, order: str) -> HttpResponse:
    """Ask for the end of an order of mine."""
    holder = holder_of(request.user)
    found = order_of(holder=holder, order_id=uuid_in("ord", order))
    key = key_in(request.POST.get("key", ""))
    at_the_clock(lambda now: cancel_order(holder=holder, order=found, key=key, now=now))
    nudge(run_writer, book=str(found.book_id))
    messages.success(request, gettext("已要求撤单，剩下的马上退回。"))
    return redirect("order", order)


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
        time_in_force="IOC" if fields.get("immediate") else "GTC",
        key=fields["key"],
        now=now,
    )


def _fresh(side: str) -> dict[str, object]:
    return {"key": uuid.uuid4(), "side": side, "lots": 1}


def _shown(holder: Holder, book: Book) -> dict[str, Any]:
    snapshot = snapshot_of(book)
    mine = orders_of(holder).filter(book=book, state__in=LIVE)[:ORDERS_SHOWN]
    return {
        "book": book,
        "book_id": opaque_id("bok", book.pk),
        "phase": PHASES[book.phase],
        "snapshot": snapshot,
        "asks": _priced(book, snapshot.asks),
        "bids": _priced(book, snapshot.bids),
        "orders": _rows(mine),
    }


def _priced(book: Book, levels: Any) -> list[dict[str, Any]]:
    """Add to each price how much cheaper than the face value (1 coin = 1 MB) it is, in percent."""
    return [
        {"level": level, "saved_percent": 100 - -(-level.price_coins * 100 // book.lot_mb)}
        for level in levels
    ]


def _rows(orders: Any) -> list[dict[str, Any]]:
    return [_row(order) for order in orders]


def _row(order: Order) -> dict[str, Any]:
    words, tone = STATES[order.state]
    return {
        "id": opaque_id("ord", order.pk),
        "order": order,
        "is_buy": order.side == Order.Side.BUY,
        "is_live": order.state in LIVE,
        "state": words,
        "tone": tone,
        "lots": _lots_words(order.lots),
        "filled": _lots_words(order.filled_lots),
        "waiting": _lots_words(order.open_lots),
        "size": amount_words(order.lots * order.book.lot_mb, ""),
    }


def _lots_words(lots: int) -> str:
    return ngettext("%(lots)s 手", "%(lots)s 手", lots) % {"lots": f"{lots:,}"}
