"""What must hold between a book's log and what was booked of it."""

from django.utils.translation import gettext_lazy as _

from exchange.matching.operations import verify_book
from exchange.orders.queries import books_of_open_months
from ledger.registry import Proof


def _examine() -> tuple[int, int, str | None]:
    """Play the log of every book whose month is not closed, and count what differs."""
    compared = differences = 0
    first: str | None = None
    for book in books_of_open_months():
        found = verify_book(book.pk)
        compared, differences = compared + found.compared, differences + found.differences
        if first is None and found.shown:
            first = f"{book}: {found.shown[0]}"
    return compared, differences, first


PROOFS = (
    Proof(
        name="books_equal_their_logs",
        title=_("未结月份的每本簿，都与按日志重放的结果一致"),
        examine=_examine,
    ),
)
