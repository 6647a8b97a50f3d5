"""A log of any length is read with the memory of its live orders alone."""

import tracemalloc
from io import StringIO

from exchange.matching.rules import Matcher
from exchange.matching.rules.levels import DEAD_ORDERS_MIN, EMPTY_LEVELS_MIN
from exchange.matching.rules.order_log import COLUMNS
from exchange.matching.rules.replay import replay

PAIRS = 20_000
PAIRS_PER_READ = 500


class EndlessPairs:
    """A log made while it is read: orders that come and go behind one that stays.

    Half of them queue at the price of the one that stays, half bring a price of their own.
    """

    def __init__(self) -> None:
        self.pairs = 0
        self.bytes = 0

    def read1(self, size: int, /) -> bytes:
        if not self.pairs:
            self.pairs = 1
            return f"{','.join(COLUMNS)}\n1,NEW,stays,B,7,1,,,\n".encode()
        if self.pairs >= PAIRS:
            return b""
        lines = []
        for pair in range(self.pairs, self.pairs + PAIRS_PER_READ):
            price = 7 if pair % 2 else 100_000 + pair
            side = "B" if pair % 2 else "S"
            lines.append(f"{2 * pair},NEW,{pair},{side},{price},1,,,\n")
            lines.append(f"{2 * pair + 1},CANCEL,{pair},,,,,,\n")
        self.pairs += PAIRS_PER_READ
        block = "".join(lines).encode()
        self.bytes += len(block)
        return block


class Counting(StringIO):
    """Count what is printed instead of keeping it."""

    lines = 0

    def write(self, text: str, /) -> int:
        self.lines += text.count("\n")
        return len(text)


def test_orders_that_are_gone_leave_the_memory() -> None:
    source, sink, matcher = EndlessPairs(), Counting(), Matcher()
    tracemalloc.start()
    try:
        replay(source=source, sink=sink, matcher=matcher)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert sink.lines == 1 + 1 + 2 * (source.pairs - 1)
    assert [order.order_id for order in matcher.open_orders()] == ["stays"]
    assert peak < source.bytes  # kept whole, the log alone would weigh more


def test_dead_orders_and_empty_levels_are_swept_out() -> None:
    matcher = Matcher()
    replay(source=EndlessPairs(), sink=Counting(), matcher=matcher)
    bids, asks = matcher._book.bids, matcher._book.asks
    assert sum(len(level.orders) for level in bids.levels.values()) <= DEAD_ORDERS_MIN + 2
    assert len(asks.levels) == len(asks.keys) <= EMPTY_LEVELS_MIN + 1


def test_sweeping_keeps_the_queue_in_order() -> None:
    matcher = Matcher()
    ids = [f"order{number}" for number in range(4 * DEAD_ORDERS_MIN)]
    for order_id in ids:
        matcher.new(order_id=order_id, side="B", price=7, quantity=1)
    for order_id in ids[::2] + ids[1::4]:
        matcher.cancel(order_id=order_id)

    [level] = matcher._book.bids.levels.values()
    assert len(level.orders) < len(ids)
    assert [order.order_id for order in matcher.open_orders()] == ids[3::4]
