"""Many postings in one call, each for itself: the same outcomes as one after the other."""

import random
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import refusals
from ledger.models import Entry, Transaction
from ledger.operations import Outcome, open_months, post, post_each, refusing
from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.rules import AMOUNT_MAX, COIN, Leg, Posting, derived_id, move
from tests.ledger.worlds import ISSUER, a_campaign_with, a_holder_with, a_posting, coins, main_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _months(now: datetime) -> None:
    open_months(now=now)


def _one_by_one(postings: list[Posting]) -> list[Outcome | refusals.Refusal]:
    outcomes: list[Outcome | refusals.Refusal] = []
    for posting in postings:
        try:
            with transaction.atomic():
                outcomes.append(post(posting))
        except refusals.Refusal as refusal:
            outcomes.append(refusal)
    return outcomes


def _undone(postings: list[Posting]) -> list[Outcome | refusals.Refusal]:
    """Return the outcomes one by one, and leave nothing of them."""
    with transaction.atomic():
        outcomes = _one_by_one(postings)
        transaction.set_rollback(True)
    return outcomes


def _said(outcomes: list[Outcome | refusals.Refusal]) -> list[object]:
    return [
        outcome if isinstance(outcome, Outcome) else (outcome.code, outcome.message, outcome.fields)
        for outcome in outcomes
    ]


def test_short_ones_are_refused_and_the_rest_posted(now: datetime) -> None:
    giver, taker = a_holder_with(100, at=now), uuid4()
    postings = [
        a_posting(*coins(amount, main_of(giver), main_of(taker)), at=now)
        for amount in (60, 50, 40, 1)
    ]
    outcomes = post_each(postings)
    assert [outcome is Outcome.POSTED for outcome in outcomes] == [True, False, True, False]
    assert isinstance(outcomes[1], refusals.BalanceTooLow)
    assert (outcomes[1].fields["balance"], outcomes[1].fields["amount"]) == (40, -50)
    assert coins_in(main_of(taker)) == 100
    assert not Transaction.objects.filter(pk=postings[1].id).exists()


def test_what_an_earlier_one_brings_a_later_one_spends(now: datetime) -> None:
    first, second = a_holder_with(10, at=now), uuid4()
    there = a_posting(*coins(10, main_of(first), main_of(second)), at=now)
    back = a_posting(*coins(10, main_of(second), main_of(first)), at=now)
    assert post_each([there, back]) == [Outcome.POSTED] * 2
    early = a_posting(*coins(10, main_of(second), main_of(first)), at=now)
    again = a_posting(*coins(10, main_of(first), main_of(second)), at=now)
    outcomes = post_each([early, again])
    assert isinstance(outcomes[0], refusals.BalanceTooLow)
    assert outcomes[1] is Outcome.POSTED


def test_asked_again_all_are_repeated(now: datetime) -> None:
    holder = a_holder_with(100, at=now)
    postings = [a_posting(*coins(5, main_of(holder), f"gift/{uuid4()}"), at=now) for _ in range(5)]
    assert post_each(postings[:3]) == [Outcome.POSTED] * 3
    assert post_each(postings) == [Outcome.REPEATED] * 3 + [Outcome.POSTED] * 2
    assert post_each(postings) == [Outcome.REPEATED] * 5
    assert coins_in(main_of(holder)) == 75


def test_every_refusal_is_in_the_words_of_a_single_posting(now: datetime) -> None:
    holder = a_holder_with(100, at=now)
    debt = f"holder/{uuid4()}/debt"
    known = a_posting(*coins(1, ISSUER, main_of(uuid4())), at=now)
    post(known)
    undone = a_posting(*coins(1, ISSUER, main_of(holder)), at=now)
    post(undone)
    post(a_posting(*coins(1, main_of(holder), ISSUER), at=now, reverses=undone.id))
    good = coins(1, ISSUER, main_of(holder))
    postings = [
        a_posting(*good, at=now),
        replace(known, kind="gift_send"),
        replace(known, id=uuid4(), legs=()),
        replace(known, id=uuid4(), legs=(Leg(ISSUER, COIN, 1),)),
        replace(known, id=uuid4(), legs=(Leg(ISSUER, COIN, 1), Leg("issuer/CU", COIN, 1))),
        replace(known, id=uuid4(), legs=(Leg(ISSUER, COIN, 0), Leg("issuer/CU", COIN, 0))),
        a_posting(*coins(1, ISSUER, "nowhere"), at=now),
        a_posting(*move(asset="GOLD", amount=1, source=ISSUER, target="issuer/CU"), at=now),
        a_posting(*move(asset="CNY", amount=1, source=ISSUER, target=main_of(holder)), at=now),
        a_posting(*good, at=now, kind="invention"),
        a_posting(*good, at=now, kind="roll"),
        a_posting(
            *move(asset="DATA-CT-2026-10", amount=1, source="system/sold", target=main_of(holder)),
            at=now,
            kind="gift_claim",
        ),
        a_posting(*good, at=now, reverses=uuid4()),
        a_posting(*good, at=now, reverses=undone.id),
        a_posting(*coins(1, ISSUER, debt), at=now),
        a_posting(*coins(AMOUNT_MAX, ISSUER, main_of(holder)), at=now),
        a_posting(*coins(102, main_of(holder), ISSUER), at=now),
        a_posting(*good, at=now),
    ]
    expected = _undone(postings)
    codes = {outcome.code for outcome in expected if isinstance(outcome, refusals.Refusal)}
    assert codes == {
        "already_reversed",
        "amount_out_of_range",
        "asset_expired",
        "balance_too_high",
        "balance_too_low",
        "invalid_posting",
        "key_reused",
        "month_closed",
        "unknown_address",
        "unknown_kind",
        "unknown_transaction",
    }
    assert _said(post_each(postings)) == _said(expected)
    assert coins_in(main_of(holder)) == 102


def test_unopened_month_refuses_each(now: datetime) -> None:
    later = now.replace(year=2031)
    postings = [a_posting(*coins(1, ISSUER, main_of(uuid4())), at=later) for _ in range(3)]
    assert _said(post_each(postings)) == _said(_undone(postings))


def test_reversal_of_one_among_them(now: datetime) -> None:
    holder = a_holder_with(10, at=now)
    out = a_posting(*coins(4, main_of(holder), ISSUER), at=now)
    legs = coins(4, ISSUER, main_of(holder))
    back, twice = (a_posting(*legs, at=now, reverses=out.id) for _ in range(2))
    outcomes = post_each([out, back, twice])
    assert outcomes[:2] == [Outcome.POSTED] * 2
    assert isinstance(outcomes[2], refusals.AlreadyReversed)
    short = a_posting(*coins(40, main_of(holder), ISSUER), at=now)
    orphan = a_posting(*legs, at=now, reverses=short.id, id=derived_id(short.id, "reversal"))
    refused = post_each([short, orphan])
    assert isinstance(refused[0], refusals.BalanceTooLow)
    assert isinstance(refused[1], refusals.UnknownTransaction)


def test_whole_call_is_refused(now: datetime) -> None:
    one = a_posting(*coins(1, ISSUER, main_of(uuid4())), at=now)
    for postings in ([one, one], [one, replace(one, id=uuid4(), actor="other")]):
        with pytest.raises(refusals.InvalidPosting), transaction.atomic():
            post_each(postings)
    assert post_each([]) == []


def test_leg_of_none_of_them_refuses_the_call() -> None:
    with pytest.raises(refusals.InvalidPosting), refusing(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.ledger_post_each_v1('2026-11-01', now(), 'x', '{}', '{}', '{}', '{}',"
            " '{1}', '{issuer/CT}', '{COIN}', '{1}')"
        )


MOVES = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 60), st.booleans()),
    min_size=1,
    max_size=14,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=MOVES)
def test_each_ends_like_single_postings(
    now: datetime, moves: list[tuple[int, int, int, bool]]
) -> None:
    places = [main_of(a_holder_with(50, at=now)) for _ in range(4)]
    places.append(a_campaign_with(50, at=now))
    postings = [
        a_posting(
            Leg(places[source], COIN, -amount - three),
            Leg(places[target], COIN, amount),
            *([Leg("issuer/CU", COIN, 1)] if three else []),
            at=now,
        )
        for source, target, amount, three in moves
        if source != target
    ]
    expected = _undone(postings)
    assert _said(post_each(postings)) == _said(expected)
    posted = [
        one.id for one, outcome in zip(postings, expected, strict=True) if outcome == "posted"
    ]
    assert Transaction.objects.filter(pk__in=[one.id for one in postings]).count() == len(posted)
    assert Entry.objects.filter(transaction__in=posted).count() >= 2 * len(posted)
    assert [found for found in findings() if not found.is_clean] == []


def test_many_at_a_time(now: datetime) -> None:
    dice = random.Random(7)
    givers = [main_of(a_holder_with(20, at=now)) for _ in range(10)]
    postings = [
        a_posting(*coins(dice.randint(1, 9), dice.choice(givers), main_of(uuid4())), at=now)
        for _ in range(150)
    ]
    expected = _undone(postings)
    assert {type(one) for one in expected} == {Outcome, refusals.BalanceTooLow}
    assert _said(post_each(postings)) == _said(expected)
