"""What a run of events changes: collected in memory, booked in one transaction."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from exchange.orders.rules import OrderRow
from ledger.rules import Posting
from wallet.convert.operations import Bought

ACTOR = "task/run_writer"


@dataclass(slots=True, kw_only=True)
class TradeRow:
    """A trade to be written: the fields of `Trade`."""

    id: UUID
    number: int
    event_number: int
    buy_id: UUID
    sell_id: UUID
    taker: str
    price_coins: int
    lots: int
    buyer_bp: int
    seller_bp: int
    buyer_cover_coins: int
    traded_at: datetime
    delivery_id: UUID | None = None


class ChangedOrder(NamedTuple):
    """What a batch made of an order, for its holder."""

    holder_id: UUID
    key: str
    state: str
    open_lots: int
    filled_lots: int


#: Is told, of a book, what became of orders.
Follower = Callable[[UUID, Sequence[ChangedOrder]], None]


@dataclass(slots=True)
class Batch:
    """What a run of events changed: rows to write and postings to make, in their order.

    `at` is the book's time of the last event: the instant of all postings. `begin` is where the
    log was booked to before, `cursor` where it is after. `used` is what lay beside orders and has
    had its turn, `bought` what goes to numbers at once, by order and event.
    """

    at: datetime
    begin: int
    cursor: int
    numbers: dict[int, tuple[int, str]] = field(default_factory=dict)
    orders: dict[UUID, OrderRow] = field(default_factory=dict)
    trades: list[TradeRow] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    used: Counter[UUID] = field(default_factory=Counter)
    bought: dict[UUID, Bought] = field(default_factory=dict)

    def changed(self) -> dict[str, ChangedOrder]:
        """Return what became of orders, by their ids: as it is now, before the next batch."""
        return {
            order.key: ChangedOrder(
                order.holder_id, order.key, str(order.state), order.open_lots, order.filled_lots
            )
            for order in self.orders.values()
        }


@dataclass(slots=True)
class Written:
    """A batch written out, so that the next one may change the orders that both are about.

    `moves` are the columns of trades and postings; without them, deliveries are still to be made.
    """

    batch: Batch
    trades: int
    phase: str
    ends: bool
    changed: dict[str, ChangedOrder]
    rows: list[str]
    moves: list[Any] | None
