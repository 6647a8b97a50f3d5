"""My orders, one of them, and their ends."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from exchange.market.pages.streams import OWN_ONLY, stream_of
from exchange.market.pages.words import ORDERS_SHOWN, REASONS, row_of, rows_of
from exchange.matching.tasks import run_writer
from exchange.orders.operations import cancel_order, cancel_orders
from exchange.orders.queries import order_of, orders_of, trades_of_order
from wallet.carriers.tasks import nudge
from wallet.holders.idempotency import at_the_clock, key_in
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in

TRADES_SHOWN = 100


@login_required
@require_GET
def my_orders(request: HttpRequest) -> HttpResponse:
    """Show my latest orders."""
    orders = orders_of(holder_of(request.user))[:ORDERS_SHOWN]
    return render(request, "exchange/orders.html", {"orders": rows_of(orders)})


@login_required
@require_GET
def one_order(request: HttpRequest, order: str) -> HttpResponse:
    """Show an order of mine, what it traded and what is left; htmx asks for the part that changes."""
    found = order_of(holder=holder_of(request.user), order_id=uuid_in("ord", order))
    context = {
        **row_of(found),
        "reason": REASONS.get(found.reason, ""),
        "trades": [
            {"trade": trade, "delivery": trade.delivery_id and opaque_id("dlv", trade.delivery_id)}
            for trade in trades_of_order(found).order_by("-number")[:TRADES_SHOWN]
        ],
        "key": uuid.uuid4(),
        "book_id": opaque_id("bok", found.book_id),
        **stream_of(found.holder, [], page=OWN_ONLY),
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


@login_required
@require_POST
def cancel_all(request: HttpRequest) -> HttpResponse:
    """Ask for the end of all my orders."""
    holder, key = holder_of(request.user), key_in(request.POST.get("key", ""))
    for event in at_the_clock(lambda now: cancel_orders(holder=holder, key=key, now=now)):
        nudge(run_writer, book=str(event.book_id))
    messages.success(request, gettext("已要求撤下全部挂单，剩下的马上退回。"))
    return redirect("market")
