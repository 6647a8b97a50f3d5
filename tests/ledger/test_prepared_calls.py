"""Calls that a connection repeats: one prepared statement each, whatever they are given."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger.operations import answer_of, open_months, post
from ledger.queries import coins_in
from ledger.refusals import BalanceTooLow
from tests.ledger.worlds import a_holder_with, a_posting, coins, main_of

pytestmark = pytest.mark.django_db
REPEATED = 7  # more often than the settings' prepare_threshold


@pytest.fixture(autouse=True)
def _months(now: datetime) -> None:
    open_months(now=now)


def _prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%post_v%'"
        )
        return [statement for (statement,) in cursor.fetchall()]


def test_postings_of_any_size_are_one_statement(now: datetime) -> None:
    giver, taker = a_holder_with(10**12, at=now), uuid4()
    for amount in (1, 40_000, 3 * 10**9) * REPEATED:
        post(a_posting(*coins(amount, main_of(giver), main_of(taker)), at=now))
    assert len(_prepared()) == 1
    assert coins_in(main_of(taker)) == REPEATED * (1 + 40_000 + 3 * 10**9)


def test_refused_one_leaves_the_next_to_be_posted(now: datetime) -> None:
    giver, taker = a_holder_with(100, at=now), uuid4()
    for _ in range(REPEATED):
        post(a_posting(*coins(1, main_of(giver), main_of(taker)), at=now))
    with pytest.raises(BalanceTooLow), transaction.atomic():
        post(a_posting(*coins(1_000, main_of(giver), main_of(taker)), at=now))
    post(a_posting(*coins(1, main_of(giver), main_of(taker)), at=now))
    assert coins_in(main_of(taker)) == REPEATED + 1


def test_call_is_among_the_queries_that_are_logged(now: datetime) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert answer_of("SELECT %s::integer + 1", ["41"]) == 42
    assert [query["sql"] for query in queries] == ["SELECT $1::integer + 1"]
