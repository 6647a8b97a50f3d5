"""Read a day's statement page by page, and never half of it for the whole."""

from collections.abc import Callable, Iterator
from datetime import date

from wallet.carriers.adaptors import wire
from wallet.carriers.adaptors.channel import Reply
from wallet.carriers.adaptors.contract import CarrierUnavailable, Statement, StatementLine
from wallet.carriers.adaptors.reading import records_in


def paged_statement(
    *,
    carrier: str,
    day: date,
    page_at: Callable[[int], Reply],
    line_in: Callable[[object], StatementLine],
) -> Statement:
    """Return a statement whose pages are asked for by their offset, as its lines are read.

    Raises:
        CarrierUnavailable: `page_at` could not ask; also while lines are read.
    """
    first = page_at(0)
    final = _is_final(reply=first)

    def lines() -> Iterator[StatementLine]:
        page, offset = first, 0
        while True:
            try:
                read = [line_in(record) for record in records_in(reply=page)]
                total = int(page.headers.get(wire.TOTAL_HEADER, ""))
            except ValueError as error:
                raise CarrierUnavailable(f"{carrier}'s statement is unreadable.") from error
            yield from read
            offset += len(read)
            if offset >= total:
                return
            if not read:
                raise CarrierUnavailable(f"{carrier}'s statement stops short.")
            page = page_at(offset)
            if _is_final(reply=page) != final:
                raise CarrierUnavailable(f"{carrier}'s statement changed while it was read.")

    return Statement(day=day, final=final, lines=lines())


def _is_final(*, reply: Reply) -> bool:
    # A carrier which does not say is never believed to have finished a day.
    return reply.headers.get(wire.FINAL_HEADER, "").lower() == "true"
