"""Place orders: each an event in the book's log, funded in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import DEFERRED

from exchange.orders.models import Book, Event, Order
from exchange.orders.operations.at_once import is_accepted_at_once
from exchange.orders.operations.limits import count_offered, refuse_unfit_trader
from exchange.orders.operations.log import known_order, log_event
from exchange.orders.operations.terms import (
    BadDelivery,
    NumberNeeded,
    refuse_malformed,
    refuse_phase,
    takes,
)
from exchange.orders.queries import group_of, number_for
from exchange.orders.rules import escrow_coins, order_address, order_id_of
from ledger.operations import post
from ledger.rules import COIN, Leg, Posting, monthly_asset, move
from wallet.holders.models import Holder, Number
from wallet.holders.operations import lock_holder, refuse_frozen, refuse_unproved
from wallet.holders.queries import line_of, main_of

_BLANK: dict[str, Any] = {
    field.attname: DEFERRED if field.generated else field.get_default()
    for field in Order._meta.concrete_fields
}


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
    kind: str = Order.Kind.LIMIT,
    time_in_force: str = "GTC",
    line: Line | None = None,
    deliver_to: Number | None = None,
    deliver_at_once: bool = False,
    key: UUID,
    now: datetime,
) -> Order:
    """Accept an order: set its goods or coins aside and put it into the book's log.

    `price_coins` is per lot, of a market order the worst it takes. A sell names the line its lots
    come from, a buy may name where its data goes. What it trades is decided by the book's writer.
    Asked again with the same key, the client's name for it, the first order comes back.

    Raises:
        BadPrice, BadLots, BadTimeInForce, BadLine, BadDelivery, BookNotTrading, KeyReused.
        HolderFrozen, NotProved, TierTooLow, TooYoung: the holder may not trade.
        NumberNeeded: what is bought is delivered at once, and there is no number for it.
        LineUnknown, LineIdle, TransferCapPassed, MonthCapPassed, ShareOfAllowancePassed,
            TooLittleLeft: the number may not.
        BalanceTooLow: the line has less data, or the holder fewer coins.
    """
    wanted = _plain_order(
        id=order_id_of(holder.pk, key=key),
        package=line.package if line else "",
        deliver_at_once=deliver_at_once,
        kind=kind,
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
    wanted.book, wanted.holder, wanted.deliver_to = book, holder, deliver_to
    wanted.number = line.number if line else None
    refuse_malformed(wanted)
    return _accept(wanted=wanted, key=key, now=now)


def _plain_order(**values: Any) -> Order:
    """Return an order of plain values, as if read: by its fields' names it would take twice as long."""
    return Order.from_db(None, _BLANK.keys(), [*(_BLANK | values).values()])


def _accept(*, wanted: Order, key: UUID, now: datetime) -> Order:
    body = _body_of(wanted)
    if _is_plain(wanted, now=now):
        wanted.group = wanted.holder.pk
        if is_accepted_at_once(wanted, funding=_funding(wanted), key=key, body=body, now=now):
            return wanted
    return _accept_with_care(wanted=wanted, key=key, body=body, now=now)


@transaction.atomic
def _accept_with_care(
    *, wanted: Order, key: UUID, body: Mapping[str, object], now: datetime
) -> Order:
    """Accept an order where there is something to look into, or find the one accepted before."""
    holder, kind = wanted.holder, Event.Kind.PLACE
    locked = lock_holder(holder)
    if (known := known_order(holder=holder, kind=kind, key=key, body=body)) is not None:
        return known
    refuse_frozen(locked)
    refuse_phase(book=wanted.book, time_in_force=wanted.time_in_force, now=now)
    refuse_unfit_trader(locked, now=now)
    wanted.group = group_of(locked)
    if wanted.side == Order.Side.SELL:
        count_offered(order=wanted, lots=wanted.lots, now=now)
    else:
        _settle_delivery(wanted, now=now)
    funding = _funding(wanted)
    if wanted.side == Order.Side.BUY:
        refuse_unproved(holder=locked, coins=abs(funding.legs[0].amount), now=now)
    wanted.save(force_insert=True)
    log_event(kind=kind, order=wanted, key=key, body=body, now=now)
    post(funding)
    return wanted


def _is_plain(order: Order, *, now: datetime) -> bool:
    """Say whether an order asks for nothing that needs a look but at its owner and its line."""
    book = order.book
    is_bought_to_keep = (
        order.deliver_to is None and not order.deliver_at_once and now < book.closing_call_at
    )
    is_sold = order.side == Order.Side.SELL
    return (is_sold or is_bought_to_keep) and takes(book, order.time_in_force, now=now)


def _settle_delivery(order: Order, *, now: datetime) -> None:
    """Find the number for what is to be delivered at once, and refuse a strange one."""
    book, chosen = order.book, order.deliver_to
    if chosen is not None:
        if (chosen.holder_id, chosen.carrier_id) != (order.holder_id, book.carrier_id):
            raise BadDelivery("Data goes to a number of yours with the book's carrier.")
        return
    if order.deliver_at_once or now >= book.closing_call_at:
        order.deliver_to = number_for(order.holder, carrier=book.carrier_id)
        if order.deliver_to is None:
            raise NumberNeeded(
                f"Add a number of {book.carrier_id} that the data can be delivered to.",
                carrier=book.carrier_id,
            )


def _body_of(order: Order) -> dict[str, object]:
    return {
        "book": str(order.book_id),
        "kind": str(order.kind),
        "side": str(order.side),
        "price_coins": order.price_coins,
        "lots": order.lots,
        "number": str(order.number_id) if order.number_id else None,
        "package": order.package,
        "deliver_to": str(order.deliver_to_id) if order.deliver_to_id else None,
        "deliver_at_once": order.deliver_at_once,
        "time_in_force": order.time_in_force,
    }


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
