"""Many postings in one call: all or nothing, repeats skipped, the same outcome as one by one."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import refusals
from ledger.models import Entry, Transaction
from ledger.operations import open_months, post, post_batch
from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.rules import COIN, Leg
from tests.ledger.worlds import ISSUER, a_holder_with, a_posting, coins, main_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _months(now: datetime) -> None:
    open_months(now=now)


def test_batch_posts_in_its_order(now: datetime) -> None:
    first, second = a_holder_with(100, at=now), uuid4()
    there = a_posting(*coins(60, main_of(first), main_of(second)), at=now)
    back = a_posting(*coins(10, main_of(second), main_of(first)), at=now)
    assert post_batch([there, back]) == {there.id, back.id}
    after = Entry.objects.filter(account__address=main_of(second)).order_by("id")
    assert list(after.values_list("version", "balance_after")) == [(1, 60), (2, 50)]


def test_posted_before_is_skipped(now: datetime) -> None:
    holder = a_holder_with(100, at=now)
    once = a_posting(*coins(60, main_of(holder), ISSUER), at=now)
    post(once)
    more = a_posting(*coins(30, main_of(holder), ISSUER), at=now)
    assert post_batch([once, more]) == {more.id}
    assert post_batch([once, more]) == frozenset()
    assert coins_in(main_of(holder)) == 10


def test_nothing_is_posted_when_one_is_refused(now: datetime) -> None:
    holder = a_holder_with(100, at=now)
    good = a_posting(*coins(60, main_of(holder), ISSUER), at=now)
    bad = a_posting(*coins(60, main_of(holder), ISSUER), at=now)
    with pytest.raises(refusals.BalanceTooLow) as refused:
        post_batch([good, bad])
    assert refused.value.fields["address"] == main_of(holder)


def test_dip_below_the_floor_inside_a_batch_is_refused(now: datetime) -> None:
    holder = a_holder_with(10, at=now)
    out = a_posting(*coins(11, main_of(holder), ISSUER), at=now)
    back = a_posting(*coins(11, ISSUER, main_of(holder)), at=now)
    with pytest.raises(refusals.BalanceTooLow):
        post_batch([out, back])


def test_other_content_is_refused_naming_the_field(now: datetime) -> None:
    holder = a_holder_with(100, at=now)
    once = a_posting(*coins(60, main_of(holder), ISSUER), at=now)
    post(once)
    with pytest.raises(refusals.KeyReused) as refused:
        post_batch([replace(once, legs=coins(61, main_of(holder), ISSUER))])
    assert refused.value.fields["field"] == "legs"


def _legs(*amounts: int) -> tuple[Leg, ...]:
    return tuple(Leg(f"issuer/{'ABCDE'[i] * 2}", COIN, amount) for i, amount in enumerate(amounts))


@pytest.mark.parametrize("legs", [(), _legs(1), _legs(1, 1), _legs(0, 0)])
def test_legs_that_are_no_posting_are_refused(now: datetime, legs: tuple[Leg, ...]) -> None:
    good = a_posting(*coins(1, ISSUER, main_of(uuid4())), at=now)
    with pytest.raises(refusals.InvalidPosting):
        post_batch([good, replace(a_posting(at=now), legs=legs)])


def test_same_id_twice_in_a_batch_is_refused(now: datetime) -> None:
    once = a_posting(*coins(1, ISSUER, main_of(uuid4())), at=now)
    with pytest.raises(refusals.InvalidPosting):
        post_batch([once, once])


def test_two_months_in_a_batch_are_refused(now: datetime) -> None:
    legs = coins(1, ISSUER, main_of(uuid4()))
    with pytest.raises(refusals.InvalidPosting):
        post_batch([a_posting(*legs, at=now), a_posting(*legs, at=now.replace(month=12))])


def test_empty_batch_posts_nothing(now: datetime) -> None:
    assert post_batch([]) == frozenset()


moves = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 40)), min_size=1, max_size=12
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=moves)
def test_batch_ends_like_single_postings(now: datetime, moves: list[tuple[int, int, int]]) -> None:
    holders = [a_holder_with(50, at=now) for _ in range(4)]
    expected = [50] * 4
    postings = []
    for source, target, amount in moves:
        if source != target and expected[source] >= amount:
            expected[source] -= amount
            expected[target] += amount
            legs = coins(amount, main_of(holders[source]), main_of(holders[target]))
            postings.append(a_posting(*legs, at=now))
    half = len(postings) // 2
    post_batch(postings[:half])
    for posting in postings[half:]:
        post(posting)
    assert [coins_in(main_of(holder)) for holder in holders] == expected
    assert Transaction.objects.filter(id__in=[one.id for one in postings]).count() == len(postings)
    ledgers_own = [found for found in findings() if not found.is_clean]
    assert ledgers_own == []
