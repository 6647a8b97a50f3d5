"""Reads for surveillance: a stretch of a book's log as facts, who knows whom, the figures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from exchange.orders.models import Book, Event, Order, Trade
from exchange.orders.rules import within_month
from exchange.surveillance.models import Alert, Watch
from exchange.surveillance.rules import (
    POLICIES,
    Fact,
    Placed,
    Replaced,
    Subject,
    Terms,
    Traded,
    Withdrawn,
)
from exchange.surveillance.rules.facts import Party
from wallet.contacts.models import Contact
from wallet.gift.models import Gift
from wallet.holders.models import Number, NumberEvent
from wallet.identity.models import IdentityCheck
from wallet.policy.queries import policy_ints

#: So much of a log before what is new is looked at again at most, however short a time that is.
LOOKBACK_EVENTS_MAX = 50_000
WAITING = (Alert.State.OPEN, Alert.State.LOOKED_AT)
_EVENT = (
    "turn__number",
    "kind",
    "turn__outcome",
    "accepted_at",
    "order_id",
    "holder_id",
    "body",
    "order__holder_id",
    "order__group",
    "order__side",
)
_TRADE = (
    "number",
    "event_number",
    "traded_at",
    "price_coins",
    "lots",
    "taker",
    "buy_id",
    "buy__holder_id",
    "buy__group",
    "sell_id",
    "sell__holder_id",
    "sell__group",
)


def terms_of(book: Book, *, now: datetime) -> Terms:
    """Return from when on something in a book is worth a look, as policy has it now."""
    keys = {f"watch.{name}": name for name in POLICIES}
    said = policy_ints(*keys, now=now, scope=book.carrier_id)
    return Terms(
        **{name: said[key] for key, name in keys.items()},
        band_coins=book.price_max - book.price_min,
        closing_call_at=book.closing_call_at,
    )


def books_to_watch() -> QuerySet[Book]:
    """Return the books whose writers are further than surveillance."""
    watched = Watch.objects.filter(cursor__gte=F("book__cursor")).values("book")
    return Book.objects.filter(cursor__gt=0).exclude(pk__in=watched).order_by("month", "carrier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a book's log: what happened up to an event, and what of it is new."""

    facts: list[Fact]
    trades: int
    placed: int


def stretch_of(book: Book, *, watch: Watch, until: int, terms: Terms) -> Stretch:
    """Return what happened after a watch's cursor until an event, and before it in the lookback."""
    fresh = list(_events(book).filter(turn__number__gt=watch.cursor, turn__number__lte=until))
    since = min(row[3] for row in fresh) - terms.lookback
    known = _events(book).filter(
        turn__number__gt=watch.cursor - LOOKBACK_EVENTS_MAX,
        turn__number__lte=watch.cursor,
        accepted_at__gt=since,
    )
    trades = Trade.objects.filter(book=book, event_number__lte=until).filter(
        Q(number__gt=watch.trades)
        | Q(number__gt=watch.trades - LOOKBACK_EVENTS_MAX, traded_at__gt=since)
    )
    met: dict[int, list[Traded]] = {}
    last = watch.trades
    for row in trades.order_by("number").values_list(*_TRADE):
        met.setdefault(row[1], []).append(_traded(row))
        last = row[0]
    return Stretch(
        facts=list(_in_order(book, [*known, *fresh], met)),
        trades=last,
        placed=sum(row[1] == Event.Kind.PLACE for row in fresh),
    )


def _events(book: Book) -> QuerySet[Event, tuple[Any, ...]]:
    return Event.objects.filter(turn__book=book).order_by("turn__number").values_list(*_EVENT)


def _in_order(
    book: Book, rows: Iterable[tuple[Any, ...]], met: dict[int, list[Traded]]
) -> Iterator[Fact]:
    """Yield each event's own fact, then its trades; time never runs backwards."""
    latest = None
    for row in rows:
        at = within_month(at=row[3], month=book.month)
        latest = at if latest is None else max(at, latest)
        yield from _facts_of(book, row, at=latest)
        for trade in met.get(row[0], ()):
            yield replace(trade, at=latest)


def _facts_of(book: Book, row: tuple[Any, ...], *, at: datetime) -> Iterator[Fact]:
    number, kind, outcome, accepted_at, order, holder, body, owner, group, side = row
    if kind == Event.Kind.PLACE and outcome not in (Order.State.REJECTED, "late"):
        yield Placed(
            number=number,
            at=at,
            order=order,
            holder=owner,
            group=group,
            side=side,
            price=body["price_coins"],
            lots=body["lots"],
        )
    elif kind == Event.Kind.REPLACE and outcome == "replaced":
        yield Replaced(
            number=number, at=at, order=order, price=body["price_coins"], lots=body["lots"]
        )
    elif kind == Event.Kind.CANCEL and outcome == "cancelled" and holder:
        yield Withdrawn(number=number, at=at, order=order)
    elif kind == Event.Kind.CANCEL_ALL:
        when = within_month(at=accepted_at, month=book.month)
        ended = Order.objects.filter(
            book=book, holder=holder, state=Order.State.CANCELLED, reason="", ended_at=when
        )
        for each in ended.order_by("priority", "id").values_list("pk", flat=True):
            yield Withdrawn(number=number, at=at, order=each)


def _traded(row: tuple[Any, ...]) -> Traded:
    number, event, at, price, lots, taker, buy, buyer, buyers, sell, seller, sellers = row
    return Traded(
        number=event,
        at=at,
        trade=number,
        buy=Party(order=buy, holder=buyer, group=buyers),
        sell=Party(order=sell, holder=seller, group=sellers),
        price=price,
        lots=lots,
        taker=taker,
    )


def raised_before(book: Book) -> dict[Subject, int]:
    """Return up to which event what was raised in a book has used its evidence up."""
    rows = Alert.objects.filter(book=book).values_list("kind", "subject")
    return {
        (kind, subject): number
        for kind, subject, number in rows.annotate(last=Max("through_number"))
    }


def links_among(holders: set[UUID]) -> frozenset[frozenset[UUID]]:
    """Return the pairs of these holders who know each other.

    One claimed the other's gift, or keeps the other's number; they had the same number one after
    the other, or are one person by their papers.
    """
    gifts = Gift.objects.filter(sender__in=holders, claimer__in=holders)
    pairs = {frozenset(pair) for pair in gifts.values_list("sender", "claimer")}
    pairs |= _pairs_by_contact(holders)
    had = NumberEvent.objects.filter(holder__in=holders).values_list("number__msisdn", "holder")
    passed = IdentityCheck.objects.filter(holder__in=holders, state=IdentityCheck.State.PASSED)
    same = (
        (bytes(identity), holder) for identity, holder in passed.values_list("identity", "holder")
    )
    return frozenset(pair for pair in pairs | _pairs_by(had) | _pairs_by(same) if len(pair) == 2)


def _pairs_by_contact(holders: set[UUID]) -> set[frozenset[UUID]]:
    owned = dict(Number.objects.filter(holder__in=holders).values_list("msisdn", "holder"))
    kept = Contact.objects.filter(owner__in=holders, msisdn__in=list(owned))
    return {
        frozenset((owner, owned[msisdn])) for owner, msisdn in kept.values_list("owner", "msisdn")
    }


def _pairs_by(shared: Iterable[tuple[Any, UUID]]) -> set[frozenset[UUID]]:
    """Return the pairs that have something in common."""
    having: dict[Any, set[UUID]] = {}
    for thing, holder in shared:
        having.setdefault(thing, set()).add(holder)
    return {frozenset(pair) for each in having.values() for pair in combinations(each, 2)}


def alerts_waiting() -> int:
    """Return how many alerts nobody has decided on."""
    return Alert.objects.filter(state__in=WAITING).count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What surveillance looked at and raised; `per_10k` in hundredths of an alert."""

    orders: int
    alerts: int
    dismissed: int
    acted_on: int
    kinds: dict[str, int]

    @property
    def per_10k(self) -> str:
        """Return alerts per 10,000 orders, with two places."""
        hundredths = self.alerts * 1_000_000 // self.orders if self.orders else 0
        return f"{hundredths // 100}.{hundredths % 100:02d}"


def figures() -> Figures:
    """Return the figures of all books."""
    rows = Alert.objects.values_list("kind", "state").annotate(count=Count("id")).order_by("kind")
    kinds: dict[str, int] = {}
    states: dict[str, int] = {}
    for kind, state, count in rows:
        kinds[kind] = kinds.get(kind, 0) + count
        states[state] = states.get(state, 0) + count
    return Figures(
        orders=Watch.objects.aggregate(orders=Sum("orders"))["orders"] or 0,
        alerts=sum(kinds.values()),
        dismissed=states.get(Alert.State.DISMISSED, 0),
        acted_on=states.get(Alert.State.ACTED_ON, 0),
        kinds=kinds,
    )


def trades_of(alert: Alert) -> QuerySet[Trade]:
    """Return the trades that are evidence of an alert, in their order."""
    numbers = {number for one in alert.evidence for number in one["trades"]}
    return Trade.objects.filter(book=alert.book_id, number__in=numbers).order_by("number")
