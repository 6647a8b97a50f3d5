"""Play a book's log again from its beginning, and say where the tables or the ledger differ."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, cast
from uuid import UUID

from django.db import connection

from exchange.matching.operations.batch import Batch, TradeRow
from exchange.matching.operations.events import given_back, worked_off
from exchange.matching.operations.memory import Memory
from exchange.matching.queries import EventRow, numbered_events
from exchange.matching.rules import Matcher, Phase, SelfTradeMode
from exchange.orders.models import Book, Event, Order, Trade, Turn
from exchange.orders.operations import first_phase
from exchange.orders.queries import one_instant
from exchange.orders.rules import OrderRow
from ledger.models import Entry
from ledger.rules import Posting

ROWS_AT_ONCE = 500
SHOWN_MAX = 20
_OF_WHOLE_TABLES = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
_OF_TRADES = (
    "id", "event_number", "buy_id", "sell_id", "taker", "price_coins", "lots", "buyer_bp",
    "seller_bp", "buyer_cover_coins", "traded_at",
)  # fmt: skip
_OF_ORDERS = (
    "state", "reason", "price_coins", "lots", "open_lots", "filled_lots", "fee_coin_bp", "priority",
    "ended_at",
)  # fmt: skip


@dataclass(slots=True)
class Verified:
    """What was compared, and the first differences in words."""

    events: int = 0
    trades: int = 0
    orders: int = 0
    postings: int = 0
    differences: int = 0
    shown: list[str] = field(default_factory=list)

    @property
    def compared(self) -> int:
        """Return how many things were compared."""
        return self.events + self.trades + self.orders + self.postings

    def differs(self, what: str) -> None:
        """Note a difference."""
        self.differences += 1
        if len(self.shown) < SHOWN_MAX:
            self.shown.append(what)


def verify_book(book_id: UUID) -> Verified:
    """Recompute a book from its log, and compare it with its orders, trades and postings.

    All is read as it was at one instant, so that the book's writer need not stop. What is kept
    meanwhile is the open orders, however long the log is.
    """
    with one_instant(), _by_indexes():
        book = Book.objects.get(pk=book_id)
        memory, found = _empty(book), Verified()
        for after in range(0, book.cursor, ROWS_AT_ONCE):
            if events := _events(book, after=after):
                outcomes = {event.pk: (event.number, event.outcome) for event in events}
                batch = worked_off(memory=memory, events=events)
                _compare_events(found, batch, outcomes)
                _compare_batch(found, memory, batch)
        if book.closed_at is not None:
            _compare_end(found, memory, at=book.closed_at)
        left = iter(memory.orders.values())
        while some := list(islice(left, ROWS_AT_ONCE)):
            _compare_orders(found, some)
        _compare_book(found, book, memory)
    return found


@contextmanager
def _by_indexes() -> Iterator[None]:
    """Have a few hundred rows of large tables found by their indexes, whatever is known of those.

    Where the statistics are old, reading all of a table looks cheaper; done again for every few
    hundred events, it takes four times as long for twice the log.
    """
    with connection.cursor() as cursor:
        for plan in _OF_WHOLE_TABLES:
            cursor.execute(f"SET LOCAL {plan} = off")
        yield
        for plan in _OF_WHOLE_TABLES:
            cursor.execute(f"SET LOCAL {plan} TO DEFAULT")


def _empty(book: Book) -> Memory:
    """Return a book as it was before its first event."""
    phase = first_phase(
        opened_at=book.opened_at, opens_at=book.opens_at, closing_call_at=book.closing_call_at
    )
    named = cast("Phase", str(phase))
    return Memory(
        book_id=book.pk,
        carrier=book.carrier_id,
        month=book.month,
        lot_mb=book.lot_mb,
        closing_call_at=book.closing_call_at,
        epoch=book.epoch,
        cursor=0,
        trades=0,
        phase=named,
        matcher=Matcher(stp=cast("SelfTradeMode", book.self_trade), phase=named),
    )


def _events(book: Book, *, after: int) -> list[EventRow]:
    until = min(after + ROWS_AT_ONCE, book.cursor)
    events = numbered_events(book.pk, after=after, until=until)
    for event in events:
        if event.kind == Event.Kind.PLACE and event.outcome != "late":
            assert event.order is not None
            _as_accepted(event.order, event.body)
        elif event.order is not None and event.outcome != "late":
            # Whatever lay beside it then was there when its turn came.
            event.order.aside_amount = event.body.get("aside", 0)
    return events


def _as_accepted(order: OrderRow, body: dict[str, Any]) -> None:
    """Bring an order back to what it was when it was accepted."""
    order.state, order.reason = Order.State.ACCEPTED, ""
    order.price_coins, order.lots = body["price_coins"], body["lots"]
    order.open_lots, order.filled_lots, order.fee_coin_bp = order.lots, 0, 0
    order.priority, order.ended_at = None, None


def _compare_events(
    found: Verified, batch: Batch, outcomes: dict[int, tuple[int | None, str]]
) -> None:
    found.events += len(outcomes)
    for event, played in batch.numbers.items():
        if played != outcomes[event]:
            found.differs(f"event {event} is {outcomes[event]}, by the log {played}")


def _compare_batch(found: Verified, memory: Memory, batch: Batch) -> None:
    _compare_trades(found, memory, batch.trades)
    ended = [order for order in batch.orders.values() if order.key not in memory.orders]
    _compare_orders(found, ended)
    _compare_postings(found, memory, batch.postings)


def _compare_end(found: Verified, memory: Memory, *, at: datetime) -> None:
    """Compare what was open at the end: it came back in batches, each at its own moment."""
    while memory.orders:
        rest = given_back(memory=memory, at=at, most=ROWS_AT_ONCE)
        _compare_orders(found, list(rest.orders.values()), but="ended_at")
        _compare_postings(found, memory, rest.postings)


def _compare_trades(found: Verified, memory: Memory, played: list[TradeRow]) -> None:
    numbers = [trade.number for trade in played]
    rows = Trade.objects.filter(book=memory.book_id, number__in=numbers)
    booked = {row["number"]: row for row in rows.values("number", *_OF_TRADES)}
    found.trades += len(played)
    for trade in played:
        row = booked.get(trade.number)
        if row is None:
            found.differs(f"trade {trade.number} of the log is not booked")
            continue
        for name in _OF_TRADES:
            if row[name] != getattr(trade, name):
                found.differs(
                    f"trade {trade.number}: {name} is {row[name]}, by the log {getattr(trade, name)}"
                )


def _compare_orders(found: Verified, played: list[OrderRow], *, but: str = "") -> None:
    rows = Order.objects.filter(pk__in=[order.pk for order in played])
    booked = {row["pk"]: row for row in rows.values("pk", *_OF_ORDERS)}
    found.orders += len(played)
    for order in played:
        row = booked[order.pk]
        for name in _OF_ORDERS:
            if name != but and row[name] != getattr(order, name):
                found.differs(
                    f"order {order.pk}: {name} is {row[name]}, by the log {getattr(order, name)}"
                )


def _compare_postings(found: Verified, memory: Memory, played: list[Posting]) -> None:
    # All that a book posts is of its month: the others' entries need not be looked through.
    entries = Entry.objects.filter(
        month=memory.month, transaction__in=[posting.id for posting in played]
    )
    booked: dict[UUID, set[tuple[str, str, int]]] = defaultdict(set)
    for transaction_id, *leg in entries.values_list(
        "transaction", "account__address", "account__asset", "amount"
    ):
        booked[transaction_id].add(cast("tuple[str, str, int]", tuple(leg)))
    found.postings += len(played)
    for posting in played:
        legs = {(leg.address, leg.asset, leg.amount) for leg in posting.legs}
        if booked[posting.id] != legs:
            found.differs(f"{posting.kind} {posting.id} is not what the log makes of it")


def _compare_book(found: Verified, book: Book, memory: Memory) -> None:
    for name in ("cursor", "trades", "phase"):
        if getattr(book, name) != getattr(memory, name):
            found.differs(
                f"the book's {name} is {getattr(book, name)}, by the log {getattr(memory, name)}"
            )
    if Turn.objects.filter(book=book, number__gt=book.cursor).exists():
        found.differs("the log has numbered events that the book does not know")
    is_extra = Trade.objects.filter(book=book, number__gt=memory.trades).exists()
    if is_extra:
        found.differs("the book has trades that its log does not make")
