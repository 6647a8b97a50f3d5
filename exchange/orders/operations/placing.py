"""Place and cancel orders: each an event in the book's log, funded in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from exchange.orders.models import Book, Event, Order
from exchange.orders.operations.limits import refuse_unfit_seller, refuse_unfit_trader
from exchange.orders.queries import LIVE
from exchange.orders.rules import escrow_coins, order_address
from ledger.operations import post
from ledger.refusals import KeyReused, Refusal
from ledger.rules import COIN, Leg, Posting, derived_id, month_of, monthly_asset, move
from wallet.holders.models import Holder, Number
from wallet.holders.operations import lock_holder, refuse_frozen, refuse_unproved
from wallet.holders.queries import line_of, main_of

LOTS_MAX = 1_000_000
TIMES_IN_FORCE = ("GTC", "IOC")


class BookNotTrading(Refusal):
    """The book takes no such order now: it is halted, closed, of another month, or in a call."""

    code = "book_not_trading"


class BadPrice(Refusal):
    """The price is outside the book's band or not on its tick."""

    code = "bad_price"
    status = 422


class BadLots(Refusal):
    """An order is for one lot to a million."""

    code = "bad_lots"
    status = 422


class BadTimeInForce(Refusal):
    """An order is good till cancelled (GTC) or immediate or cancel (IOC)."""

    code = "bad_time_in_force"
    status = 422


class BadLine(Refusal):
    """A sell names the line its data comes from; a buy names none."""

    code = "bad_line"
    status = 422


class OrderEnded(Refusal):
    """The order is filled, cancelled or rejected; there is nothing to cancel."""

    code = "order_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Whose deposited data a seller offers: a number and one of its packages."""

    number: Number
    package: str


def place_order(
    *,
    holder: Holder,
    book: Book,
    side: str,
    price_coins: int,
    lots: int,
    line: Line | None = None,
    time_in_force: str = "GTC",
    key: UUID,
    now: datetime,
) -> Order:
    """Accept a limit order: set its goods or coins aside and put it into the book's log.

    `price_coins` is per lot. A sell names the line its lots come from; a buy names none. What it
    trades is decided by the book's writer, in the order of the log. Asked again with the same
    key, the first order comes back.

    Raises:
        BadPrice, BadLots, BadTimeInForce, BadLine: as they say.
        BookNotTrading: the book takes no such order now.
        KeyReused: the key already names another request.
        HolderFrozen, TierTooLow, TooYoung: the holder may not trade.
        NotProved: a number of the holder may have a new owner.
        LineUnknown, MonthCapPassed, ShareOfAllowancePassed, TooLittleLeft: the number may not
            sell that much.
        BalanceTooLow: the line has less data, or the holder fewer coins, than the order needs.
    """
    wanted = Order(
        id=derived_id(holder.pk, "place_order", key),
        book=book,
        holder=holder,
        number=line.number if line else None,
        package=line.package if line else "",
        side=side,
        price_coins=price_coins,
        lots=lots,
        open_lots=lots,
        time_in_force=time_in_force,
        maker_bp=book.maker_bp,
        taker_bp=book.taker_bp,
        seller_coins_per_lot=book.seller_coins_per_lot,
        placed_at=now,
    )
    _refuse_malformed(wanted)
    return _accept(wanted=wanted, key=key, now=now)


@transaction.atomic
def _accept(*, wanted: Order, key: UUID, now: datetime) -> Order:
    holder, body = wanted.holder, _body_of(wanted)
    locked = lock_holder(holder)
    if (known := _known(holder=holder, kind=Event.Kind.PLACE, key=key, body=body)) is not None:
        return known
    refuse_frozen(locked)
    _refuse_phase(wanted, now=now)
    refuse_unfit_trader(locked, now=now)
    if wanted.side == Order.Side.SELL:
        refuse_unfit_seller(wanted, now=now)
    funding = _funding(wanted)
    if wanted.side == Order.Side.BUY:
        refuse_unproved(holder=locked, coins=abs(funding.legs[0].amount), now=now)
    wanted.save(force_insert=True)
    _log(kind=Event.Kind.PLACE, order=wanted, key=key, body=body, now=now)
    post(funding)
    return wanted


@transaction.atomic
def cancel_order(*, holder: Holder, order: Order, key: UUID, now: datetime) -> Order:
    """Put the wish to cancel an order into the book's log; allowed in every phase.

    What is left of the order when its turn in the log comes is given back. Asked again with the
    same key, nothing more happens.

    Raises:
        OrderEnded: nothing is left of the order.
        KeyReused: the key already names another request.
    """
    body = {"order": str(order.pk)}
    lock_holder(holder)
    if (known := _known(holder=holder, kind=Event.Kind.CANCEL, key=key, body=body)) is not None:
        return known
    found = Order.objects.select_related("book").get(pk=order.pk, holder=holder)
    if found.state not in LIVE:
        raise OrderEnded("Nothing is left of this order.", state=found.state)
    _log(kind=Event.Kind.CANCEL, order=found, key=key, body=body, now=now)
    return found


def _log(
    *, kind: Event.Kind, order: Order, key: UUID, body: Mapping[str, object], now: datetime
) -> None:
    Event.objects.create(
        book_id=order.book_id,
        kind=kind,
        order=order,
        holder_id=order.holder_id,
        client_id=key,
        body=dict(body),
        accepted_at=now,
    )


def _known(
    *, holder: Holder, kind: Event.Kind, key: UUID, body: Mapping[str, object]
) -> Order | None:
    """Return what this key was used for before, if it was the same request."""
    event = Event.objects.filter(holder=holder, client_id=key).select_related("order__book").first()
    if event is None:
        return None
    if event.kind != kind:
        raise KeyReused("This key names another kind of request.", field="kind")
    for field, value in body.items():
        if event.body.get(field) != value:
            raise KeyReused(f"This key names a request with another {field}.", field=field)
    return event.order


def _body_of(order: Order) -> dict[str, object]:
    return {
        "book": str(order.book_id),
        "side": order.side,
        "price_coins": order.price_coins,
        "lots": order.lots,
        "number": str(order.number_id) if order.number_id else None,
        "package": order.package,
        "time_in_force": order.time_in_force,
    }


def _refuse_malformed(order: Order) -> None:
    book = order.book
    if not 1 <= order.lots <= LOTS_MAX:
        raise BadLots(f"An order is for 1 to {LOTS_MAX} lots.", lots_max=LOTS_MAX)
    if (
        not book.price_min <= order.price_coins <= book.price_max
        or order.price_coins % book.tick_coins
    ):
        raise BadPrice(
            f"A price is {book.price_min} to {book.price_max} coins, in steps of {book.tick_coins}.",
            price_min=book.price_min,
            price_max=book.price_max,
            tick_coins=book.tick_coins,
        )
    if order.time_in_force not in TIMES_IN_FORCE:
        raise BadTimeInForce("An order is GTC or IOC.")
    if (order.side == Order.Side.SELL) != (order.number is not None):
        raise BadLine("A sell names a number and its package, a buy names neither.")


def _refuse_phase(order: Order, *, now: datetime) -> None:
    """Refuse what the writer would reject anyway, before anything is set aside.

    The caller's view of the book may be a moment old; the writer's word is the last.
    """
    book = order.book
    in_call = book.phase == Book.Phase.CALL
    if (
        book.month != month_of(now)
        or book.phase in (Book.Phase.HALT, Book.Phase.CLOSED)
        or (in_call and order.time_in_force == "IOC")
    ):
        raise BookNotTrading("This book takes no such order now.", phase=book.phase)


def _funding(order: Order) -> Posting:
    return Posting(
        id=order.pk,
        kind="order_place",
        at=order.placed_at,
        actor=f"holder/{order.holder_id}",
        legs=_funding_legs(order),
        metadata={"order": str(order.pk), "book": str(order.book_id)},
    )


def _funding_legs(order: Order) -> tuple[Leg, Leg]:
    book, target = order.book, order_address(order.pk)
    if order.number is not None:
        asset = monthly_asset(goods="SURPLUS", carrier=book.carrier_id, month=book.month)
        source = line_of(number=order.number, package=order.package)
        return move(asset=asset, amount=order.lots * book.lot_mb, source=source, target=target)
    coins = escrow_coins(
        open_lots=order.lots,
        price_coins=order.price_coins,
        bp_max=max(order.maker_bp, order.taker_bp),
    )
    return move(asset=COIN, amount=coins, source=main_of(order.holder), target=target)
