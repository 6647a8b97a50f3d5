"""Books, orders and trades, read; and what stands behind `order/<id>`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from exchange.orders.models import Book, Event, Order, Trade, Waiting
from exchange.orders.rules import OrderRow, bust_key, escrow_coins, order_address
from ledger.models import Month
from ledger.registry import Cause
from ledger.rules import COIN, Leg, instant_in_words, month_of, monthly_asset, move
from wallet.holders.models import Holder, Member, Number
from wallet.holders.rules import UnknownId, opaque_id
from wallet.policy.queries import PolicyUnset

_SALE = (Path(__file__).parent / "sql" / "sale_call_v2.sql").read_text()
# Something waits in the book: from where its writer reads on.
_WAITS = Exists(Waiting.objects.filter(book=OuterRef("pk"), event_id__gte=OuterRef("waits_from")))
LIVE = (Order.State.ACCEPTED, Order.State.OPEN)


@contextmanager
def one_instant() -> Iterator[None]:
    """Read everything in the block as it was at one instant, unless a transaction is under way."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def open_books(*, now: datetime) -> QuerySet[Book]:
    """Return this month's books, by carrier."""
    return Book.objects.filter(month=month_of(now)).select_related("carrier").order_by("carrier_id")


def book_of(book_id: UUID) -> Book:
    """Return a book.

    Raises:
        UnknownId: there is none with this id.
    """
    book = Book.objects.filter(pk=book_id).select_related("carrier").first()
    if book is None:
        raise UnknownId("There is no such book.")
    return book


def asked_phase(book: Book) -> str:
    """Return the phase that a book is in once its writer has worked its log off."""
    last = last_turn(book)
    return str(last.body["phase"]) if last else book.phase


def last_turn(book: Book) -> Event | None:
    """Return the last change of phase that a book's log has, whether its turn came or not."""
    return _done_to(book).filter(kind=Event.Kind.PHASE).first()


def operated_of(book: Book) -> list[Event]:
    """Return what was done to a book as a whole, by schedule or by hand, newest first."""
    done = (Event.Kind.PHASE, Event.Kind.UNCROSS)
    return list(_done_to(book).filter(kind__in=done)[:50])


def _done_to(book: Book) -> QuerySet[Event]:
    """Return what nobody asked of any order, newest first: as the index of just these has it."""
    return Event.objects.filter(book=book, holder=None, order=None).order_by("-id")


def bids_without_number(book: Book) -> QuerySet[Order]:
    """Return the live bids of a book whose data could be delivered to no number of its carrier."""
    theirs = Number.objects.filter(holder=OuterRef("holder"), carrier=book.carrier_id)
    bids = Order.objects.filter(~Exists(theirs), side=Order.Side.BUY, deliver_to=None)
    coming = Waiting.objects.filter(book=book).values("event__order")
    return (
        bids.filter(book=book, rests=True)
        .union(bids.filter(pk__in=coming, state=Order.State.ACCEPTED))
        .order_by("id")
    )


def number_for(holder: Holder, *, carrier: str) -> Number | None:
    """Return the number of a carrier that a holder's bought data goes to, unless told otherwise."""
    return Number.objects.filter(holder=holder, carrier=carrier).order_by("added_at", "id").first()


def group_of(holder: Holder) -> UUID:
    """Return what all share who count as one: somebody, and the organisations it is a member of.

    It is the smallest id of them all, so that everyone finds the same.
    """
    if holder.user_id and not Member.objects.filter(user=holder.user_id).exists():
        return holder.pk
    found: set[UUID] = set()
    new = {holder.pk}
    while new:
        found |= new
        users = set(Member.objects.filter(organisation__in=new).values_list("user", flat=True))
        people = Holder.objects.filter(pk__in=new, user__isnull=False)
        users |= set(people.values_list("user", flat=True))
        organisations = Member.objects.filter(user__in=users).values_list("organisation", flat=True)
        themselves = Holder.objects.filter(user__in=users).values_list("pk", flat=True)
        new = {*organisations, *themselves} - found
    return min(found)


def orders_of(holder: Holder) -> QuerySet[Order]:
    """Return a holder's orders, newest first."""
    return (
        Order.objects.filter(holder=holder)
        .select_related("book", "number", "deliver_to")
        .order_by("-placed_at", "-id")
    )


def order_of(*, holder: Holder, order_id: UUID) -> Order:
    """Return one of a holder's orders.

    Raises:
        UnknownId: the holder has no such order.
    """
    order = orders_of(holder).filter(pk=order_id).first()
    if order is None:
        raise UnknownId("You have no such order.")
    return order


def trades_of_order(order: Order) -> QuerySet[Trade]:
    """Return an order's trades, oldest first."""
    return Trade.objects.filter(Q(buy=order) | Q(sell=order)).order_by("number")


@dataclass(frozen=True, slots=True)
class Sale:
    """What decides whether a number may sell so much more of a month's data (MB).

    `refused` is the code of the first cap that says no. `left_mb` is what the number's user still
    has: the attested remainder less what was deposited, and what is deposited but neither sold
    nor offered, which can be taken back.
    """

    refused: str | None
    offered_mb: int
    allowance_mb: int
    left_mb: int
    days_max: int
    transfer_mb_max: int
    month_mb_max: int
    share_max_percent: int
    must_remain_mb: int


def sale_of(order: Order, *, mb: int, now: datetime) -> Sale:
    """Return how an order's number stands to selling so much more in the order's book.

    Raises:
        PolicyUnset: one of the caps is not in force.
    """
    book = order.book
    asked = {
        "holder": order.holder_id,
        "number": order.number_id,
        "package": order.package,
        "book": book.pk,
        "lot_mb": book.lot_mb,
        "carrier": book.carrier_id,
        "month": book.month,
        "asset": monthly_asset(goods="SURPLUS", carrier=book.carrier_id, month=book.month),
        "mb": mb,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SALE, asked)
        found = cursor.fetchone()
    if found is None:
        raise PolicyUnset(f"trade caps of {book.carrier_id}")
    return Sale(*found)


def escrow_of(order: Order | OrderRow, *, lot_mb: int) -> int:
    """Return what an order's open lots need: coins of a buy, MB of a sell."""
    if order.side == Order.Side.SELL:
        return order.open_lots * lot_mb
    return escrow_coins(
        open_lots=order.open_lots,
        price_coins=order.price_coins,
        bp_max=max(order.maker_bp, order.taker_bp),
        fee_coin_bp=order.fee_coin_bp,
    )


def back_legs(
    order: Order | OrderRow, *, amount: int, carrier: str, month: date
) -> tuple[Leg, Leg]:
    """Return the legs that move coins or MB from an order back to where such came from."""
    source = order_address(order.pk)
    if order.side == Order.Side.SELL:
        asset = monthly_asset(goods="SURPLUS", carrier=carrier, month=month)
        target = f"line/{order.number_id}/{order.package}"
        return move(asset=asset, amount=amount, source=source, target=target)
    target = f"holder/{order.holder_id}/main"
    return move(asset=COIN, amount=amount, source=source, target=target)


def refund_legs(
    order: Order | OrderRow, *, carrier: str, month: date, lot_mb: int
) -> tuple[Leg, Leg]:
    """Return the legs that give an order's open goods or coins back to where they came from."""
    amount = escrow_of(order, lot_mb=lot_mb)
    return back_legs(order, amount=amount, carrier=carrier, month=month)


def has_waiting_events(book_id: UUID) -> bool:
    """Say whether a book's log has events the writer has not numbered."""
    return Book.objects.filter(_WAITS, pk=book_id).exists()


def books_with_work() -> QuerySet[Book]:
    """Return the books whose log or whose closing gives the writer something to do."""
    closing = Q(phase=Book.Phase.CLOSED, closed_at__isnull=True)
    return Book.objects.filter(Q(_WAITS) | closing).order_by("month", "carrier")


def books_of_open_months() -> QuerySet[Book]:
    """Return the books of the months that the ledger has not closed."""
    closed = Month.objects.filter(state=Month.State.CLOSED).values("month")
    return Book.objects.exclude(month__in=closed).order_by("month", "carrier")


def events_of(order: Order) -> QuerySet[Event]:
    """Return the log's events about an order: its holder's, and those of busts of its trades.

    Both are found by who asked and the client id: the log has no index by order.
    """
    trades = Trade.objects.filter(Q(buy=order) | Q(sell=order)).values_list("pk", flat=True)
    busts = [bust_key(trade=trade, order=order.pk) for trade in trades]
    own, undone = Q(holder=order.holder_id, order=order), Q(holder=None, client_id__in=busts)
    return Event.objects.filter(own | undone)


def books_open_in(month: date) -> QuerySet[Book]:
    """Return the books up to this month that are not closed, or still have events to number."""
    waiting = Waiting.objects.values("book")
    return Book.objects.filter(month__lte=month).filter(
        Q(closed_at__isnull=True) | Q(pk__in=waiting)
    )


def cause_of_order(address: str) -> Cause | None:
    """Tell an auditor which order stands behind `order/<id>`."""
    try:
        order = Order.objects.select_related("book").filter(pk=address.split("/")[1]).first()
    except (ValidationError, IndexError):
        return None
    if order is None:
        return None
    return Cause(
        title=_("挂单 %(id)s") % {"id": opaque_id("ord", order.pk)},
        facts={
            _("所在的簿"): f"{order.book}",
            _("方向"): order.get_side_display(),
            _("每手价格（币）"): str(order.price_coins),
            _("手数"): _("%(lots)s，已成交 %(filled)s，未成交 %(open)s")
            % {"lots": order.lots, "filled": order.filled_lots, "open": order.open_lots},
            _("状态"): order.get_state_display(),
            _("持有人"): opaque_id("hld", order.holder_id),
            _("下单时间"): instant_in_words(order.placed_at),
        },
        url=f"/admin/exchange/order/{order.pk}/change/",
    )


def orders_owned_by(holder: UUID, *, start: datetime, end: datetime) -> list[str]:
    """Return where a holder's orders kept goods or coins at some time between two instants."""
    waited = Q(ended_at__isnull=True) | Q(ended_at__gte=start)
    rows = Order.objects.filter(waited, holder=holder, placed_at__lt=end)
    return [f"order/{row}" for row in rows.values_list("pk", flat=True)]
