"""Run an order log through a matcher and print what it reports."""

from typing import Final, Protocol

from .matcher import Matcher
from .order_log import COLUMNS, Batch, MalformedLineError, Source, batches
from .report_lines import HEADER, LINE_OF, line_of_level
from .reports import Report
from .terms import Phase, Side, TimeInForce

SIDES: Final[dict[str, Side | None]] = {"": None, "B": "B", "S": "S"}
TIMES_IN_FORCE: Final[dict[str, TimeInForce]] = {
    "": "GTC",
    "GTC": "GTC",
    "IOC": "IOC",
    "FOK": "FOK",
    "POST": "POST",
}
PHASES: Final[dict[str, Phase | None]] = {
    "": None,
    "call": "call",
    "continuous": "continuous",
    "halt": "halt",
    "closed": "closed",
}


class Sink(Protocol):
    """A text stream, such as an open file or standard output."""

    def write(self, text: str, /) -> object:
        """Take a text."""

    def flush(self) -> object:
        """Pass on what was taken."""


def replay(*, source: Source, sink: Sink, matcher: Matcher) -> None:
    """Print every report of a log, block by block.

    Raises:
        MalformedLineError: a line cannot be read; the reports of those before it are printed.
    """
    read = batches(source)
    sink.write(HEADER)
    last_seq: int | None = None
    for batch in read:
        texts: list[str] = []
        try:
            last_seq = _play(batch, matcher=matcher, texts=texts, last_seq=last_seq)
        finally:
            sink.write("".join(texts))
            sink.flush()


def _play(batch: Batch, *, matcher: Matcher, texts: list[str], last_seq: int | None) -> int | None:
    """Obey one batch, add the reports' lines to `texts` and return the last seq."""
    integer = batch.integer
    new, cancel, replace = matcher.new, matcher.cancel, matcher.replace
    add, line_of = texts.append, LINE_OF
    for line, cells in batch.rows:
        try:
            seq_cell, command, order_id, side_is, price_is, lots_is, time_is, group, phase_is = (
                cells
            )
            seq = integer(seq_cell)
            side = SIDES[side_is]
            price = integer(price_is) if price_is else None
            quantity = integer(lots_is) if lots_is else 0
            time_in_force = TIMES_IN_FORCE[time_is]
            phase = PHASES[phase_is]
        except (ValueError, KeyError) as error:
            if cells in ([], [""]):
                continue
            raise MalformedLineError(line=line, why=_why(cells, error)) from error
        if last_seq is not None and seq <= last_seq:
            raise MalformedLineError(line=line, why=f"seq {seq} comes after {last_seq}")
        last_seq = seq
        reports: list[Report]
        if command == "NEW" and order_id and side:
            reports = new(
                order_id=order_id,
                side=side,
                price=price,
                quantity=quantity,
                time_in_force=time_in_force,
                group=group,
            )
        elif command == "CANCEL" and order_id:
            reports = cancel(order_id=order_id)
        elif command == "REPLACE" and order_id:
            reports = replace(order_id=order_id, price=price or 0, quantity=quantity)
        elif command == "UNCROSS":
            reports = matcher.uncross()
        elif command == "PHASE" and phase:
            reports = matcher.phase(phase=phase)
        else:
            raise MalformedLineError(line=line, why=f"{command!r} is no command or lacks a cell")
        for report in reports:
            add(line_of[report.__class__](seq_cell, report))
    return last_seq


def _why(cells: list[str], error: Exception) -> str:
    """Say what is wrong with a line's cells."""
    if len(cells) != len(COLUMNS):
        return f"{len(cells)} cells instead of {len(COLUMNS)}"
    return f"a cell cannot be read ({error})"


def print_book(*, sink: Sink, matcher: Matcher) -> None:
    """Print a line for each level of the book, buys then sells, best first."""
    depth = matcher.depth()
    sink.write("".join(map(line_of_level, depth.bids + depth.asks)))
