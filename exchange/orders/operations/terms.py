"""What an order's own terms must be, before anything is looked up or set aside."""

from datetime import datetime

from exchange.orders.models import Book, Order
from ledger.refusals import Refusal
from ledger.rules import month_of
from wallet.carriers.adaptors.wire import MB_MAX

LOTS_MAX = 1_000_000
TIMES_IN_FORCE = ("GTC", "IOC", "FOK", "POST")
# What trades at once or not at all; a call takes none of it.
AT_ONCE = ("IOC", "FOK")


class BookNotTrading(Refusal):
    """The book takes no such order now: it is halted, closed, of another month, or in a call."""

    code = "book_not_trading"


class BadPrice(Refusal):
    """The price is outside the book's band or not on its tick."""

    code = "bad_price"
    status = 422


class BadLots(Refusal):
    """An order is for one lot to a million."""

    code = "bad_lots"
    status = 422


class BadTimeInForce(Refusal):
    """An order stays (GTC), only makes (POST), or trades at once, in part (IOC) or whole (FOK).

    A market order never stays.
    """

    code = "bad_time_in_force"
    status = 422


class BadLine(Refusal):
    """A sell names the line its data comes from; a buy names none."""

    code = "bad_line"
    status = 422


class BadDelivery(Refusal):
    """Only what is bought is delivered, to a number of one's own with the book's carrier."""

    code = "bad_delivery"
    status = 422


class NumberNeeded(Refusal):
    """There is no number of the buyer's that the carrier could deliver to.

    In a month's last call what is bought is delivered at once: it could not be used otherwise.
    """

    code = "number_needed"


def refuse_malformed(order: Order) -> None:
    """Refuse what the terms alone show.

    Raises:
        BadLots, BadPrice, BadTimeInForce, BadLine, BadDelivery: as they say.
    """
    refuse_bad_size(book=order.book, price_coins=order.price_coins, lots=order.lots)
    if order.time_in_force not in TIMES_IN_FORCE:
        raise BadTimeInForce("An order is GTC, POST, IOC or FOK.")
    if order.kind == Order.Kind.MARKET and order.time_in_force not in AT_ONCE:
        raise BadTimeInForce("A market order is IOC or FOK.")
    if (order.side == Order.Side.SELL) != (order.number is not None):
        raise BadLine("A sell names a number and its package, a buy names neither.")
    if order.side == Order.Side.SELL and (order.deliver_to or order.deliver_at_once):
        raise BadDelivery("Only what is bought is delivered.")


def refuse_bad_size(*, book: Book, price_coins: int, lots: int) -> None:
    """Refuse lots and a price (coins per lot) that a book does not take.

    Raises:
        BadLots, BadPrice: as they say.
    """
    # What one order buys must be something a carrier can be asked for at once.
    most = min(LOTS_MAX, MB_MAX // book.lot_mb)
    if not 1 <= lots <= most:
        raise BadLots(f"An order is for 1 to {most} lots.", lots_max=most)
    if not book.price_min <= price_coins <= book.price_max or price_coins % book.tick_coins:
        raise BadPrice(
            f"A price is {book.price_min} to {book.price_max} coins, in steps of {book.tick_coins}.",
            price_min=book.price_min,
            price_max=book.price_max,
            tick_coins=book.tick_coins,
        )


def takes(book: Book, time_in_force: str, *, now: datetime) -> bool:
    """Say whether a book takes such orders now, as far as the caller's view of it tells."""
    if book.month != month_of(now) or book.phase in (Book.Phase.HALT, Book.Phase.CLOSED):
        return False
    return book.phase != Book.Phase.CALL or time_in_force not in AT_ONCE


def refuse_phase(*, book: Book, time_in_force: str, now: datetime) -> None:
    """Refuse what the writer would reject anyway, before anything is set aside.

    The caller's view of the book may be a moment old; the writer's word is the last.

    Raises:
        BookNotTrading: as it says.
    """
    if not takes(book, time_in_force, now=now):
        raise BookNotTrading("This book takes no such order now.", phase=book.phase)
