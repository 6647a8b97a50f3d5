"""What a holder has in the market: data to offer, open orders, and what waits for the close."""

from dataclasses import dataclass

from exchange.orders.models import Book, Order
from exchange.orders.operations import Line
from exchange.orders.queries import LIVE
from exchange.orders.rules import order_address
from ledger.queries import holdings_at, holdings_under
from ledger.rules import COIN, month_after, monthly_asset, starts_at
from wallet.holders.models import Holder, Number
from wallet.holders.rules import opaque_id
from wallet.holders.set_aside import SetAside


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Deposited data a holder may offer in a book: a line, and how much lies there (MB)."""

    line: Line
    mb: int


def stocks_of(holder: Holder, book: Book) -> list[Stock]:
    """Return the lines of a holder with at least one lot of a book's goods."""
    asset = monthly_asset(goods="SURPLUS", carrier=book.carrier_id, month=book.month)
    return [
        Stock(line=Line(number=number, package=held.address.split("/")[2]), mb=held.amount)
        for number in Number.objects.filter(holder=holder).order_by("added_at", "id")
        for held in holdings_under(f"line/{number.pk}/")
        if held.asset == asset and held.amount >= book.lot_mb
    ]


def orders_set_aside(holder: Holder) -> list[SetAside]:
    """Return what lies in a holder's open orders, newest first."""
    live = Order.objects.filter(holder=holder, state__in=LIVE).order_by("-placed_at", "-id")
    orders = dict(live.values_list("pk", "book__month"))
    held = {one.address: one for one in holdings_at(order_address(pk) for pk in orders)}
    return [
        SetAside(
            id=opaque_id("ord", pk),
            asset=one.asset,
            amount=one.amount,
            url=f"/market/orders/{opaque_id('ord', pk)}/",
            until=starts_at(month_after(month)),
        )
        for pk, month in orders.items()
        if (one := held.get(order_address(pk))) is not None
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """What waits for a month's close: proceeds of sales, and cover kept for fees (coins)."""

    month: str
    proceeds_coins: int
    cover_coins: int


def unsettled_of(holder: Holder) -> list[Unsettled]:
    """Return what a holder's trades left for the months' closes, earliest month first."""
    own = f"holder/{holder.pk}/"
    held = {one.address: one.amount for one in holdings_under(own) if one.asset == COIN}
    months = sorted({address.split("/")[3] for address in held if address.count("/") == 3})
    return [
        Unsettled(
            month=month,
            proceeds_coins=held.get(f"{own}proceeds/{month}", 0),
            cover_coins=held.get(f"{own}fees/{month}", 0),
        )
        for month in months
    ]
