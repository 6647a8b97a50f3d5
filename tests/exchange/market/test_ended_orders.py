"""What no writer's task ends is told live too: by a month's end, its close, and the market's end."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from exchange.market import tasks
from exchange.matching.operations import ChangedOrder
from exchange.orders.models import Order
from exchange.settlement import tasks as settlement
from exchange.settlement.operations import close_books
from ledger import registry
from ledger.registry import ClosingMonth
from ledger.rules import SHANGHAI
from tests.given import MONTH, NOW, a_book, a_trader
from tests.given_market import a_buy, an_offer
from tests.given_winddown import a_wind_down
from wallet.winddown.steps import Step, steps

pytestmark = pytest.mark.django_db
AFTER = datetime(2026, 12, 1, 0, 15, tzinfo=SHANGHAI)
LAST = datetime(2026, 11, 30, 23, 59, 59, 999_999, tzinfo=SHANGHAI)
Told = list[tuple[UUID, list[ChangedOrder]]]
Committing = Callable[..., AbstractContextManager[list[Callable[[], Any]]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Collect what everybody who looks would be told."""
    found: Told = []
    monkeypatch.setattr(tasks, "follow", lambda book, changed: found.append((book, list(changed))))
    return found


def ended(order: Order) -> ChangedOrder:
    return ChangedOrder(order.holder_id, str(order.pk), "cancelled", 0, order.filled_lots)


def test_what_a_months_end_gives_back_is_told(
    told: Told,
    django_capture_on_commit_callbacks: Committing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book = a_book()
    offer, wish = an_offer(book, 80, 3), a_buy(a_trader(coins=1_000), book, 50, 2)
    monkeypatch.setattr(settlement, "timezone", SimpleNamespace(now=lambda: AFTER))
    with django_capture_on_commit_callbacks(execute=True):
        settlement.close_ended_books()
    assert {book_id for book_id, _ in told} == {book.pk}
    last = {order.key: order for _, changed in told for order in changed}
    assert last == {str(order.pk): ended(order) for order in (offer, wish)}


def test_what_came_late_to_a_book_is_told_with_the_close(
    told: Told, django_capture_on_commit_callbacks: Committing
) -> None:
    book = a_book()
    close_books(month=MONTH, now=AFTER)
    # It read the book before that closed, and committed after the close looked for open books.
    late = a_buy(a_trader(coins=1_000), book, 50, 2, now=LAST)
    closing = ClosingMonth(month=MONTH, at=LAST, inputs={})
    stage = next(one for one in registry.stages() if one.name == "late_orders")
    assert stage.record is not None
    with django_capture_on_commit_callbacks(execute=True):
        for shard in stage.shards(closing):
            postings = stage.plan(closing, shard)
            assert isinstance(postings, list)
            stage.record(closing, shard, postings)
            assert told == []
    assert told == [(book.pk, [ended(late)])]


def _end_of_the_market() -> Step:
    return next(step for step in steps() if step.name == "market")


def test_what_the_end_of_the_market_gives_back_is_told(
    told: Told, django_capture_on_commit_callbacks: Committing
) -> None:
    wish = a_buy(a_trader(coins=1_000), a_book(), 50, 2)
    a_wind_down()
    with django_capture_on_commit_callbacks(execute=True):
        assert _end_of_the_market().run(now=NOW, limit=500) == 1
    assert told[-1] == (wish.book_id, [ended(wish)])


def test_what_is_rehearsed_is_told_to_nobody(
    told: Told, django_capture_on_commit_callbacks: Committing
) -> None:
    a_buy(a_trader(coins=1_000), a_book(), 50, 2)
    a_wind_down()
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        assert _end_of_the_market().run(now=NOW, limit=500) == 1
        transaction.set_rollback(True)
    assert (callbacks, told) == ([], [])
