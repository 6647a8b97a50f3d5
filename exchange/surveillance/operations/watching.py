"""Look a book's log through from where it was left, and raise alerts: each thing once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from exchange.orders.models import Book
from exchange.surveillance.models import Alert, Watch
from exchange.surveillance.queries import (
    WAITING,
    links_among,
    raised_before,
    stretch_of,
    terms_of,
)
from exchange.surveillance.rules import Fact, Finding, Traded, Watcher
from ledger.rules import derived_id
from wallet.holders.models import Holder

EVENTS_MAX = 10_000
EVIDENCE_MAX = 20


@transaction.atomic
def watch_book(*, book_id: UUID, now: datetime) -> int:
    """Look at the next events of a book's log, and return how many those were.

    What is found and how far the log was looked at are written together, so that a watch killed
    anywhere goes on without missing or repeating anything. While another looks, nothing is done.
    """
    Watch.objects.get_or_create(book_id=book_id)
    watch = Watch.objects.select_for_update(skip_locked=True).filter(pk=book_id).first()
    if watch is None:
        return 0
    book = Book.objects.get(pk=book_id)
    until = min(book.cursor, watch.cursor + EVENTS_MAX)
    if until <= watch.cursor:
        return 0
    terms = terms_of(book, now=now)
    stretch = stretch_of(book, watch=watch, until=until, terms=terms)
    watcher = Watcher(
        terms=terms,
        links=links_among(_traders(stretch.facts)),
        after=watch.cursor,
        raised=raised_before(book),
    )
    for finding in watcher.watch(stretch.facts):
        _raise(book, finding, now=now)
    looked = until - watch.cursor
    watch.cursor, watch.trades = until, stretch.trades
    watch.orders += stretch.placed
    watch.save()
    return looked


def _traders(facts: list[Fact]) -> set[UUID]:
    trades = (fact for fact in facts if isinstance(fact, Traded))
    return {holder for each in trades for holder in (each.buy.holder, each.sell.holder)}


def _raise(book: Book, finding: Finding, *, now: datetime) -> None:
    """Raise an alert, or let the finding join the one that waits about the same."""
    waiting = Alert.objects.select_for_update().filter(
        book=book, kind=finding.kind, subject=finding.subject, state__in=WAITING
    )
    alert = waiting.first()
    if alert is None:
        alert = Alert.objects.create(
            id=derived_id(book.pk, "alert", finding.kind, finding.subject, finding.number),
            book=book,
            kind=finding.kind,
            subject=finding.subject,
            first_number=finding.events[0],
            through_number=finding.number,
            evidence=[_evidence(finding)],
            began_at=finding.at,
            last_at=finding.at,
            raised_at=now,
        )
    else:
        alert.findings += 1
        alert.through_number, alert.last_at = finding.number, finding.at
        alert.evidence = [*alert.evidence, _evidence(finding)][-EVIDENCE_MAX:]
        alert.save()
    alert.holders.add(*Holder.objects.filter(pk__in=finding.holders))


def _evidence(finding: Finding) -> dict[str, object]:
    return {
        "at": finding.at.isoformat(),
        "why": finding.why,
        "events": list(finding.events),
        "orders": [str(each) for each in finding.orders],
        "trades": list(finding.trades),
    }
