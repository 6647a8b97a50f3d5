"""Order logs for tests: made by Hypothesis, replayed from text."""

from contextlib import suppress
from io import BytesIO, StringIO

from hypothesis import strategies as st

from exchange.matching.rules import SELF_TRADE_MODES, Matcher
from exchange.matching.rules.order_log import COLUMNS, MalformedLineError
from exchange.matching.rules.replay import print_book, replay
from tests.exchange.matching.naive import Line

# Few ids, prices and lots, so that orders meet, repeat and refuse one another often.
ids = st.sampled_from([f"order-{number}" for number in range(12)])
sides = st.sampled_from(["B", "S"])
prices = st.integers(min_value=5, max_value=10)
lots = st.integers(min_value=1, max_value=12)
any_price = st.one_of(prices, prices, prices, prices, st.sampled_from([None, 0, -3]))
any_lots = st.one_of(lots, lots, lots, lots, lots, st.sampled_from([None, 0, -1]))

news = st.builds(
    Line,
    command=st.just("NEW"),
    order_id=ids,
    side=sides,
    price=any_price,
    quantity=any_lots,
    time_in_force=st.sampled_from(["", "", "GTC", "IOC", "FOK", "POST"]),
    group=st.sampled_from(["", "red", "red", "blue"]),
)
cancels = st.builds(Line, command=st.just("CANCEL"), order_id=ids)
replaces = st.builds(
    Line, command=st.just("REPLACE"), order_id=ids, price=any_price, quantity=any_lots
)
phases = st.builds(
    Line,
    command=st.just("PHASE"),
    phase=st.sampled_from(["call", "call", "continuous", "continuous", "halt", "closed"]),
)
uncrosses = st.just(Line(command="UNCROSS"))
lines = st.one_of(news, news, news, news, cancels, replaces, st.one_of(phases, uncrosses))
# Hypothesis prefers lists near their least size, and a short log has no deep book.
logs = st.one_of(
    st.lists(lines, max_size=20), *(st.lists(lines, min_size=40, max_size=90) for _ in range(2))
)
stps = st.sampled_from(SELF_TRADE_MODES)
references = st.one_of(st.none(), st.integers(min_value=1, max_value=15))


def text_of(log: list[Line]) -> str:
    """Write a log as CSV, seq beginning at 1."""
    rows = [",".join(COLUMNS), *(line.cells(seq) for seq, line in enumerate(log, 1))]
    return "\n".join(rows) + "\n"


def replayed(text: str | bytes, *, matcher: Matcher | None = None, book: bool = False) -> str:
    """Replay a log's text and return what is printed."""
    sink = StringIO()
    source = BytesIO(text.encode() if isinstance(text, str) else text)
    matcher = matcher or Matcher()
    replay(source=source, sink=sink, matcher=matcher)
    if book:
        print_book(sink=sink, matcher=matcher)
    return sink.getvalue()


def printed_before_stopping(text: str | bytes) -> str:
    """Replay a malformed log and return what is printed before it stops."""
    sink = StringIO()
    source = BytesIO(text.encode() if isinstance(text, str) else text)
    with suppress(MalformedLineError):
        replay(source=source, sink=sink, matcher=Matcher())
    return sink.getvalue()
