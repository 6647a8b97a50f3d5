"""What must hold between a book's trades and its candles."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from exchange.market.models import Candle, Tape
from exchange.market.queries import busts_of, prints_of
from exchange.market.rules import Bar, bars_by_span
from exchange.orders.queries import books_of_open_months, one_instant
from ledger.registry import Proof
from ledger.rules import instant_in_words

_AMOUNTS = tuple(Bar.__dataclass_fields__)


def _examine() -> tuple[int, int, str | None]:
    """Compute the candles of every book whose month is not closed again, and count what differs."""
    compared = differences = 0
    first: str | None = None
    for book in books_of_open_months():
        stored, again = _candles(book.pk)
        wrong = sorted(
            place for place in {*stored, *again} if stored.get(place) != again.get(place)
        )
        compared, differences = compared + len({*stored, *again}), differences + len(wrong)
        if first is None and wrong:
            first = f"{book}: the candle {wrong[0][0]} of {instant_in_words(wrong[0][1])}"
    return compared, differences, first


def _candles(book_id: UUID) -> tuple[dict[tuple[str, datetime], Bar], ...]:
    """Return a book's candles as they are stored, and as its trades make them, at one instant."""
    with one_instant():
        tape = Tape.objects.filter(pk=book_id).first()
        if tape is None or busts_of(book_id=book_id, until=tape.trades).count() != tape.busts:
            return {}, {}  # nothing is there yet, or a bust is just about to be taken out
        rows = Candle.objects.filter(book=book_id).values_list("span", "starts_at", *_AMOUNTS)
        stored = {
            (span, at): Bar(**dict(zip(_AMOUNTS, amounts, strict=True)))
            for span, at, *amounts in rows.iterator()
        }
        trades = prints_of(book_id=book_id, first_number=1, last_number=tape.trades)
        again = {
            (span, at): bar
            for span, bars in bars_by_span(trades).items()
            for at, bar in bars.items()
        }
    return stored, again


PROOFS = (
    Proof(
        name="candles_equal_their_trades",
        title=_("未结月份的每根 K 线，都与成交算出的一致"),
        faults=(_("{book}：{at} 的 {span} K 线不对"),),
        examine=_examine,
    ),
)
