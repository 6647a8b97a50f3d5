"""What a month's trades owe at its close: sums over entries and trades, never a live balance."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import Cast

from exchange.orders.models import Order, Trade
from exchange.orders.queries import LIVE, back_legs, books_open_in, escrow_of
from exchange.settlement.rules import Fees, fees_of, proceeds_legs, unused_cover_legs
from ledger.models import Entry
from ledger.months.rules import hex_shards, id_bounds
from ledger.registry import ClosingMonth
from ledger.rules import COIN, Leg, Posting, derived_id, derived_month_id, month_name
from wallet.holders.models import Holder

ACTOR = "close"
SHARDS = tuple("0123456789abcdef")


class _Value(NamedTuple):
    """A holder's trades in one carrier's book: coins × basis points, and whole coins beside."""

    carrier: str
    coin_bp: int
    coins: int


def books_open_at(month: date) -> str | None:
    """Say which book still keeps a month from closing, or None."""
    books = [str(book) for book in books_open_in(month)]
    return f"Books are open: {', '.join(sorted(books))}." if books else None


def shards_of_holders(closing: ClosingMonth) -> tuple[str, ...]:
    """Return the parts of a stage: by the first hex digits of the holder's id."""
    return hex_shards(Holder.objects.count())


def late_orders(closing: ClosingMonth, shard: str) -> QuerySet[Order]:
    """Return the orders whose acceptance, or replacement, was under way while their book closed."""
    left = Q(state__in=LIVE) | Q(aside_amount__gt=0)
    return (
        Order.objects.filter(left, book__month__lte=closing.month)
        .filter(**_within("holder_id", shard))
        .select_related("book")
        .order_by("id")
    )


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


def proceeds_postings(closing: ClosingMonth, shard: str) -> list[Posting]:
    """Return what pays sellers their month's proceeds, less the fees frozen on their orders."""
    fees = _fees(_values(closing, shard, side="sell"))
    name = month_name(closing.month)
    return [
        _posting(
            closing,
            kind="proceeds",
            holder=holder,
            legs=proceeds_legs(holder=holder, month=name, total=total, fees=fees.get(holder, {})),
        )
        for holder, total in _held(closing, shard, purse="proceeds")
    ]


def fees_postings(closing: ClosingMonth, shard: str) -> list[Posting]:
    """Return what takes buyers' fees out of their cover, and gives the rest of it back."""
    fees = _fees(_values(closing, shard, side="buy"))
    name = month_name(closing.month)
    return [
        _posting(
            closing,
            kind="fees",
            holder=holder,
            legs=unused_cover_legs(
                holder=holder, month=name, total=total, fees=fees.get(holder, {})
            ),
        )
        for holder, total in _held(closing, shard, purse="fees")
    ]


def _posting(closing: ClosingMonth, *, kind: str, holder: UUID, legs: tuple[Leg, ...]) -> Posting:
    return Posting(
        id=derived_month_id(closing.month, kind, holder),
        kind=kind,
        at=closing.at,
        actor=ACTOR,
        legs=legs,
        metadata={"holder": str(holder), "month": month_name(closing.month)},
    )


def _held(closing: ClosingMonth, shard: str, *, purse: str) -> list[tuple[UUID, int]]:
    """Return what lies in each holder's purse of the month, by holder."""
    rows = (
        Entry.objects.filter(
            month=closing.month,
            account__address__startswith=f"holder/{shard}",
            account__address__endswith=f"/{purse}/{month_name(closing.month)}",
            account__asset=COIN,
        )
        .exclude(transaction__kind=purse)
        .values_list("account__address")
        .annotate(total=Sum("amount"))
        .order_by("account__address")
    )
    return [(UUID(address.split("/")[1]), total) for address, total in rows if total]


def _values(closing: ClosingMonth, shard: str, *, side: str) -> Iterable[tuple[UUID, _Value]]:
    """Return what a holder's trades of the month sum to, by holder and carrier, exactly."""
    coins = Cast("price_coins", BigIntegerField()) * F("lots")
    per_lot = Cast("sell__seller_coins_per_lot", BigIntegerField()) * F("lots")
    bp = "seller_bp" if side == "sell" else "buyer_bp"
    rows = (
        Trade.objects.filter(
            busted_at=None, book__month=closing.month, **_within(f"{side}__holder_id", shard)
        )
        .values_list(f"{side}__holder_id", "book__carrier_id")
        .annotate(
            coin_bp=Sum(ExpressionWrapper(coins * F(bp), BigIntegerField())),
            coins=Sum(ExpressionWrapper(per_lot, BigIntegerField())),
        )
        .order_by(f"{side}__holder_id", "book__carrier_id")
    )
    for holder, carrier, coin_bp, by_lot in rows:
        yield holder, _Value(carrier, int(coin_bp), int(by_lot) if side == "sell" else 0)


def _fees(values: Iterable[tuple[UUID, _Value]]) -> Mapping[UUID, Fees]:
    found: dict[UUID, Fees] = defaultdict(dict)
    for holder, value in values:
        found[holder][value.carrier] = fees_of(coin_bp=value.coin_bp, coins=value.coins)
    return found


def _within(field: str, shard: str) -> dict[str, UUID]:
    """Return the bounds of the ids that begin with these hex digits."""
    first, last = id_bounds(shard)
    return {f"{field}__gte": UUID(hex=first), f"{field}__lte": UUID(hex=last)}
