"""What a month's trades owe at its close: sums over entries and trades, never a live balance."""

from datetime import date
from pathlib import Path
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Right

from exchange.orders.models import Order
from exchange.orders.queries import LIVE, back_legs, books_open_in, escrow_of
from ledger.models import Account
from ledger.months.rules import hex_shards, id_bounds, planned_shards
from ledger.registry import ClosingMonth
from ledger.rules import COIN, PlannedPostings, Posting, derived_id, month_name

ACTOR = "close"
SHARDS = tuple("0123456789abcdef")
_PURSES = (Path(__file__).parent / "sql" / "purses_v2.sql").read_text()


def books_open_at(month: date) -> str | None:
    """Say which book still keeps a month from closing, or None."""
    books = [str(book) for book in books_open_in(month)]
    return f"Books are open: {', '.join(sorted(books))}." if books else None


def shards_of_late_orders(closing: ClosingMonth) -> tuple[str, ...]:
    """Return the parts of a stage over late orders: by first digits of the holder's id."""
    return hex_shards(_late_orders(closing).count())


def shards_of_proceeds(closing: ClosingMonth) -> tuple[str, ...]:
    """Return the parts of the stage that pays sellers: by ranges of the holder's id."""
    return planned_shards(_purses(closing, "proceeds").count())


def shards_of_fees(closing: ClosingMonth) -> tuple[str, ...]:
    """Return the parts of the stage that takes buyers' fees: by ranges of the holder's id."""
    return planned_shards(_purses(closing, "fees").count())


def _purses(closing: ClosingMonth, purse: str) -> QuerySet[Account]:
    accounts = Account.objects.filter(kind=f"holder {purse}", asset=COIN)
    return accounts.annotate(month=Right("address", 7)).filter(month=month_name(closing.month))


def late_orders(closing: ClosingMonth, shard: str) -> QuerySet[Order]:
    """Return the orders whose acceptance, or replacement, was under way while their book closed."""
    within = _late_orders(closing).filter(**_within("holder_id", shard))
    return within.select_related("book").order_by("id")


def _late_orders(closing: ClosingMonth) -> QuerySet[Order]:
    left = Q(state__in=LIVE) | Q(aside_amount__gt=0)
    return Order.objects.filter(left, book__month__lte=closing.month)


def late_order_postings(closing: ClosingMonth, shard: str) -> list[Posting]:
    """Return what gives such orders back; their books are closed, no writer will."""
    return [
        Posting(
            id=derived_id(order.pk, "end" if order.state in LIVE else "aside"),
            kind="order_close",
            at=closing.at,
            actor=ACTOR,
            legs=back_legs(
                order,
                amount=escrow_of(order, lot_mb=order.book.lot_mb) + order.aside_amount,
                carrier=order.book.carrier_id,
                month=order.book.month,
            ),
            metadata={"order": str(order.pk), "book": str(order.book_id)},
        )
        for order in late_orders(closing, shard)
    ]


def proceeds_planned(closing: ClosingMonth, shard: str) -> PlannedPostings:
    """Return what pays sellers their month's proceeds, less the fees frozen on their orders."""
    return _planned(closing, shard, purse="proceeds")


def fees_planned(closing: ClosingMonth, shard: str) -> PlannedPostings:
    """Return what takes buyers' fees out of their cover, and gives the rest of it back."""
    return _planned(closing, shard, purse="fees")


def _planned(closing: ClosingMonth, shard: str, *, purse: str) -> PlannedPostings:
    first, last = id_bounds(shard)
    name = month_name(closing.month)
    return PlannedPostings(
        query=_PURSES,
        parameters={
            "purse": purse,
            "month": closing.month,
            "month_name": name,
            "first": UUID(hex=first),
            "last": UUID(hex=last),
        },
        name=purse,
        about="holder",
        kind=purse,
        month=closing.month,
        at=closing.at,
        actor=ACTOR,
        facts={"month": name},
    )


def _within(field: str, shard: str) -> dict[str, UUID]:
    """Return the bounds of the ids that begin with these hex digits."""
    first, last = id_bounds(shard)
    return {f"{field}__gte": UUID(hex=first), f"{field}__lte": UUID(hex=last)}
