"""Cancel and replace orders: each a wish in the book's log, fulfilled when its turn comes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from exchange.orders.models import Book, Event, Order
from exchange.orders.operations.limits import count_offered, refuse_unfit_trader
from exchange.orders.operations.log import known_event, known_order, log_event
from exchange.orders.operations.terms import refuse_bad_size, refuse_phase
from exchange.orders.queries import LIVE
from exchange.orders.rules import aside_coins, order_address
from ledger.operations import post
from ledger.refusals import Refusal
from ledger.rules import COIN, Leg, Posting, derived_id, monthly_asset, move
from wallet.holders.models import Holder
from wallet.holders.operations import lock_holder, refuse_frozen, refuse_unproved
from wallet.holders.queries import main_of


class OrderEnded(Refusal):
    """The order is filled, cancelled or rejected; there is nothing to cancel or replace."""

    code = "order_ended"


class ReplacementWaiting(Refusal):
    """An earlier replacement of this order still waits in the log."""

    code = "replacement_waiting"


@transaction.atomic
def cancel_order(*, holder: Holder, order: Order, key: UUID, now: datetime) -> Order:
    """Put the wish to cancel an order into the book's log; allowed in every phase.

    What is left of the order when its turn in the log comes is given back. Asked again with the
    same key, nothing more happens.

    Raises:
        OrderEnded: nothing is left of the order.
        KeyReused: the key already names another request.
    """
    body, kind = {"order": str(order.pk)}, Event.Kind.CANCEL
    lock_holder(holder)
    if (known := known_order(holder=holder, kind=kind, key=key, body=body)) is not None:
        return known
    found = _live(order, holder=holder)
    log_event(kind=kind, order=found, key=key, body=body, now=now)
    return found


@transaction.atomic
def cancel_orders(
    *, holder: Holder, book: Book | None = None, key: UUID, now: datetime
) -> list[Event]:
    """Put the wish to cancel all of a holder's orders, of one book or of all, into their logs.

    What is open when its turn in a log comes is given back; what is placed later stays. Returned
    are the events, one a book. Asked again with the same key, nothing more happens: where nothing
    is live, an event in one open book keeps the key. Without an open book nothing keeps it.

    Raises:
        KeyReused: the key already names another request.
    """
    lock_holder(holder)
    kind = Event.Kind.CANCEL_ALL
    live = Order.objects.filter(holder=holder, state__in=LIVE)
    asked = live.filter(book=book) if book else live
    books = set(asked.values_list("book", flat=True)) or _to_keep_a_key(book)
    scope = str(book.pk) if book else None
    keys = [
        _key_of(holder, book=each, key=key) for each in Book.objects.values_list("pk", flat=True)
    ]
    if known := list(Event.objects.filter(holder=holder, client_id__in=keys).order_by("id")):
        known_event(holder=holder, kind=kind, key=known[0].client_id, body={"scope": scope})
        return known
    return [
        Event.objects.create(
            book_id=each,
            kind=kind,
            holder=holder,
            client_id=_key_of(holder, book=each, key=key),
            body={"scope": scope},
            accepted_at=now,
        )
        for each in sorted(books)
    ]


@transaction.atomic
def replace_order(
    *, holder: Holder, order: Order, price_coins: int, lots: int, key: UUID, now: datetime
) -> Order:
    """Ask for another price (coins a lot) and other open lots, and set aside what more they need.

    `lots` stay open if nothing trades until the wish's turn in the log comes; what trades until
    then is taken off them. The same price and fewer lots keep the order's place; anything else
    is a new order at the end of the queue, good till cancelled, which may trade at once. Asked
    again with the same key, nothing more happens.

    Raises:
        BadPrice, BadLots: as they say.
        OrderEnded: nothing is left of the order.
        ReplacementWaiting: an earlier replacement has not had its turn.
        BookNotTrading: the book replaces nothing now.
        KeyReused: the key already names another request.
        HolderFrozen, NotProved, TierTooLow, TooYoung, LineUnknown, LineIdle, TransferCapPassed,
            MonthCapPassed, ShareOfAllowancePassed, TooLittleLeft, BalanceTooLow: as for a new
            order, of what comes in addition.
    """
    refuse_bad_size(book=order.book, price_coins=price_coins, lots=lots)
    body = {"order": str(order.pk), "price_coins": price_coins, "lots": lots}
    kind, locked = Event.Kind.REPLACE, lock_holder(holder)
    if (known := known_order(holder=holder, kind=kind, key=key, body=body)) is not None:
        return known
    refuse_frozen(locked)
    found = _live(order, holder=holder)
    if Event.objects.filter(order=found, kind=kind, turn=None).exists():
        raise ReplacementWaiting("An earlier replacement has not had its turn yet.")
    refuse_phase(book=found.book, time_in_force="GTC", now=now)
    refuse_unfit_trader(locked, now=now)
    if found.side == Order.Side.SELL and lots > found.open_lots:
        count_offered(order=found, lots=lots - found.open_lots, now=now)
    amount = _aside(found, price_coins=price_coins, lots=lots)
    if found.side == Order.Side.BUY:
        refuse_unproved(holder=locked, coins=amount, now=now)
    known_as = {"open_lots": found.open_lots, "aside": amount}
    log_event(kind=kind, order=found, key=key, body={**body, **known_as}, now=now)
    if amount:
        found.aside_amount += amount
        found.save(update_fields=["aside_amount", "offered_mb_max"])
        post(_setting_aside(found, amount=amount, key=key, now=now))
    return found


def _to_keep_a_key(book: Book | None) -> list[UUID]:
    """Return one book whose log can keep a key that cancels nothing: a book asked for, or any."""
    still_open = Book.objects.filter(closed_at__isnull=True)
    asked = still_open.filter(pk=book.pk) if book else still_open
    return list(asked.order_by("-month", "id").values_list("pk", flat=True)[:1])


def _key_of(holder: Holder, *, book: UUID, key: UUID) -> UUID:
    return derived_id(holder.pk, "cancel_orders", key, book)


def _live(order: Order, *, holder: Holder) -> Order:
    """Return an order as it is now, locked: the writer waits before it changes it."""
    rows = Order.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("book", "number", "holder").get(pk=order.pk, holder=holder)
    if found.state not in LIVE:
        raise OrderEnded("Nothing is left of this order.", state=found.state)
    return found


def _aside(order: Order, *, price_coins: int, lots: int) -> int:
    """Return what a replacement needs beside the order: coins of a buy, MB of a sell."""
    if order.side == Order.Side.SELL:
        return max(0, lots - order.open_lots) * order.book.lot_mb
    return aside_coins(
        open_lots=order.open_lots,
        price_coins=order.price_coins,
        lots=lots,
        new_price_coins=price_coins,
        bp_max=max(order.maker_bp, order.taker_bp),
    )


def _setting_aside(order: Order, *, amount: int, key: UUID, now: datetime) -> Posting:
    return Posting(
        id=derived_id(order.holder_id, "replace_order", key),
        kind="order_replace",
        at=now,
        actor=f"holder/{order.holder_id}",
        legs=_aside_legs(order, amount=amount),
        metadata={"order": str(order.pk), "book": str(order.book_id)},
    )


def _aside_legs(order: Order, *, amount: int) -> tuple[Leg, Leg]:
    book, target = order.book, order_address(order.pk)
    if order.side == Order.Side.SELL:
        asset = monthly_asset(goods="SURPLUS", carrier=book.carrier_id, month=book.month)
        source = f"line/{order.number_id}/{order.package}"
        return move(asset=asset, amount=amount, source=source, target=target)
    return move(asset=COIN, amount=amount, source=main_of(order.holder), target=target)
