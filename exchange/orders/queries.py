"""Books, orders and trades, read; and what stands behind `order/<id>`."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, F, Q, QuerySet, Sum
from django.db.models.functions import Cast

from exchange.orders.models import Book, Event, Order, Trade
from exchange.orders.rules import escrow_coins, order_address
from ledger.queries import holdings_under
from ledger.registry import Cause
from ledger.rules import COIN, Leg, instant_in_words, month_of, monthly_asset, move
from wallet.carriers.models import Usage
from wallet.holders.models import Holder, Number
from wallet.holders.rules import UnknownId, opaque_id
from wallet.rollover.models import Deposit, TakeBack

LIVE = (Order.State.ACCEPTED, Order.State.OPEN)


def open_books(*, now: datetime) -> QuerySet[Book]:
    """Return this month's books, by carrier."""
    return Book.objects.filter(month=month_of(now)).select_related("carrier").order_by("carrier_id")


def book_of(book_id: UUID) -> Book:
    """Return a book.

    Raises:
        UnknownId: there is none with this id.
    """
    book = Book.objects.filter(pk=book_id).select_related("carrier").first()
    if book is None:
        raise UnknownId("There is no such book.")
    return book


def orders_of(holder: Holder) -> QuerySet[Order]:
    """Return a holder's orders, newest first."""
    return (
        Order.objects.filter(holder=holder)
        .select_related("book", "number")
        .order_by("-placed_at", "-id")
    )


def order_of(*, holder: Holder, order_id: UUID) -> Order:
    """Return one of a holder's orders.

    Raises:
        UnknownId: the holder has no such order.
    """
    order = orders_of(holder).filter(pk=order_id).first()
    if order is None:
        raise UnknownId("You have no such order.")
    return order


def trades_of_order(order: Order) -> QuerySet[Trade]:
    """Return an order's trades, oldest first."""
    return Trade.objects.filter(Q(buy=order) | Q(sell=order)).order_by("number")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberOnSale:
    """What decides how much more a number may sell of a month's data (MB).

    `left_mb` is what its user still has: the attested remainder less what was deposited, and
    what is deposited but neither sold nor offered, which can be taken back.
    """

    has_package: bool
    allowance_mb: int
    offered_mb: int
    left_mb: int


def number_on_sale(*, number: Number, package: str, carrier: str, month: date) -> NumberOnSale:
    """Return what a number has of a carrier's undirected data in a month, and what it offered."""
    rows = list(
        Usage.objects.filter(
            msisdn=number.msisdn, carrier=carrier, month=month, kind=Usage.Kind.NATIONAL
        ).values_list("package", "allowance_mb", "used_mb")
    )
    remainder = sum(max(0, allowance - used) for _, allowance, used in rows)
    asset = monthly_asset(goods="SURPLUS", carrier=carrier, month=month)
    on_lines = sum(
        held.amount for held in holdings_under(f"line/{number.pk}/") if held.asset == asset
    )
    return NumberOnSale(
        has_package=any(name == package for name, _, _ in rows),
        allowance_mb=sum(allowance for _, allowance, _ in rows),
        offered_mb=offered_mb(number=number, carrier=carrier, month=month),
        left_mb=remainder - deposited_mb(number=number, carrier=carrier, month=month) + on_lines,
    )


def deposited_mb(*, number: Number, carrier: str, month: date) -> int:
    """Return what a number has deposited, or is about to, of a month's data, in MB.

    What was taken back is not counted, once the carrier has restored it.
    """
    at = {"number": number, "instruction__carrier": carrier, "month": month}
    asked = Deposit.objects.filter(**at).exclude(state=Deposit.State.FAILED)
    back = TakeBack.objects.filter(**at, state=TakeBack.State.DONE)
    deposits = asked.aggregate(mb=Sum("mb"))["mb"] or 0
    return deposits - (back.aggregate(mb=Sum("mb"))["mb"] or 0)


def offered_mb(*, number: Number, carrier: str, month: date) -> int:
    """Return what a number has sold or offers for sale of a month's data, in MB."""
    orders = Order.objects.filter(number=number, book__carrier=carrier, book__month=month)
    lots = Cast(F("open_lots") + F("filled_lots"), BigIntegerField())
    return orders.aggregate(mb=Sum(lots * F("book__lot_mb")))["mb"] or 0


def refund_legs(order: Order, *, carrier: str, month: date, lot_mb: int) -> tuple[Leg, Leg]:
    """Return the legs that give an order's open goods or coins back to where they came from."""
    source = order_address(order.pk)
    if order.side == Order.Side.SELL:
        return move(
            asset=monthly_asset(goods="SURPLUS", carrier=carrier, month=month),
            amount=order.open_lots * lot_mb,
            source=source,
            target=f"line/{order.number_id}/{order.package}",
        )
    coins = escrow_coins(
        open_lots=order.open_lots,
        price_coins=order.price_coins,
        bp_max=max(order.maker_bp, order.taker_bp),
        fee_coin_bp=order.fee_coin_bp,
    )
    return move(asset=COIN, amount=coins, source=source, target=f"holder/{order.holder_id}/main")


def has_waiting_events(book_id: UUID) -> bool:
    """Say whether a book's log has events the writer has not numbered."""
    return Event.objects.filter(book=book_id, number__isnull=True).exists()


def books_with_work() -> QuerySet[Book]:
    """Return the books whose log or whose closing gives the writer something to do."""
    waiting = Event.objects.filter(number__isnull=True).values("book")
    closing = Q(phase=Book.Phase.CLOSED, closed_at__isnull=True)
    return Book.objects.filter(Q(pk__in=waiting) | closing).order_by("month", "carrier")


def books_open_in(month: date) -> QuerySet[Book]:
    """Return the books up to this month that are not closed, or still have events to number."""
    waiting = Event.objects.filter(number__isnull=True).values("book")
    return Book.objects.filter(month__lte=month).filter(
        Q(closed_at__isnull=True) | Q(pk__in=waiting)
    )


def cause_of_order(address: str) -> Cause | None:
    """Tell an auditor which order stands behind `order/<id>`."""
    try:
        order = Order.objects.select_related("book").filter(pk=address.split("/")[1]).first()
    except (ValidationError, IndexError):
        return None
    if order is None:
        return None
    return Cause(
        title=f"Order {opaque_id('ord', order.pk)}",
        facts={
            "book": f"{order.book}",
            "side": order.get_side_display(),
            "price": f"{order.price_coins} coins a lot",
            "lots": f"{order.lots}, {order.filled_lots} filled, {order.open_lots} open",
            "state": order.state,
            "holder": opaque_id("hld", order.holder_id),
            "placed at": instant_in_words(order.placed_at),
        },
        url=f"/admin/exchange/order/{order.pk}/change/",
    )


def orders_owned_by(holder: UUID, *, start: datetime, end: datetime) -> list[str]:
    """Return where a holder's orders kept goods or coins at some time between two instants."""
    waited = Q(ended_at__isnull=True) | Q(ended_at__gte=start)
    rows = Order.objects.filter(waited, holder=holder, placed_at__lt=end)
    return [f"order/{row}" for row in rows.values_list("pk", flat=True)]
