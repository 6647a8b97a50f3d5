"""Many friends and one gift; the sender, the clock and a friend at the same moment."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from ledger.proofs.queries import Finding, findings
from ledger.queries import coins_in
from ledger.refusals import Refusal
from tests import given
from tests.races.threads import at_once
from wallet.gift.models import Gift
from wallet.gift.operations import cancel_gift, claim_gift, return_expired_gifts, send_gift
from wallet.gift.queries import address_of
from wallet.holders.models import Holder
from wallet.holders.queries import main_of

pytestmark = pytest.mark.own_database

FRIENDS = 200


def tally(ended: Iterable[object]) -> Counter[str]:
    """Count how attempts ended: by refusal, or by what came back."""
    return Counter(one.code if isinstance(one, Refusal) else str(one) for one in ended)


def claims(gift: Gift, friend: Holder, *, seconds: int = 0) -> str:
    now = given.NOW + timedelta(seconds=seconds)
    claim_gift(gift=gift, claimer=friend, now=now)
    return "claimed"


def broken() -> list[Finding]:
    return [found for found in findings() if not found.is_clean]


def test_two_hundred_friends_claim_one_gift_and_one_has_it() -> None:
    gift = given.a_gift(coins=50)
    friends = [given.a_holder() for _ in range(FRIENDS)]
    ended = at_once(lambda place: claims(gift, friends[place]), threads=FRIENDS)
    assert tally(ended) == {"claimed": 1, "gift_claimed": FRIENDS - 1}
    assert sorted(coins_in(main_of(friend)) for friend in friends) == [0] * (FRIENDS - 1) + [50]
    assert coins_in(address_of(gift)) == 0
    assert broken() == []


def test_one_friend_tapping_often_has_the_coins_once() -> None:
    gift, friend = given.a_gift(coins=50), given.a_holder()
    ended = at_once(lambda _: claims(gift, friend), threads=20)
    assert tally(ended) == {"claimed": 20}
    assert coins_in(main_of(friend)) == 50


def test_the_same_key_sent_often_makes_one_gift() -> None:
    sender, key = given.a_holder(coins=100), uuid4()
    ended = at_once(
        lambda _: send_gift(sender=sender, amount=30, key=key, now=given.NOW).state, threads=20
    )
    assert tally(ended) == {"open": 20}
    assert (Gift.objects.count(), coins_in(main_of(sender))) == (1, 70)


def test_the_last_coins_are_given_once() -> None:
    sender = given.a_holder(coins=100)
    ended = at_once(
        lambda _: send_gift(sender=sender, amount=30, key=uuid4(), now=given.NOW).state, threads=12
    )
    assert tally(ended) == {"open": 3, "not_enough_coins": 9}
    assert coins_in(main_of(sender)) == 10
    assert broken() == []


@pytest.mark.parametrize("rounds", range(3))
def test_a_claim_and_a_cancellation_end_in_one_of_the_two(rounds: int) -> None:
    gift, friend = given.a_gift(coins=50), given.a_holder()

    def cancels() -> str:
        cancel_gift(gift=gift, sender=gift.sender, now=given.NOW)
        return "cancelled"

    acts: list[Callable[[], str]] = [lambda: claims(gift, friend), cancels] * 6
    ended = tally(at_once(lambda place: acts[place](), threads=len(acts)))
    assert ended in ({"claimed": 6, "gift_claimed": 6}, {"cancelled": 6, "gift_cancelled": 6})
    held = (coins_in(main_of(friend)), coins_in(main_of(gift.sender)))
    assert held == ((50, 0) if ended["claimed"] else (0, 50))
    assert broken() == []


def test_a_claim_in_time_and_the_sweep_after_it_end_in_one_of_the_two() -> None:
    gift, friend = given.a_gift(coins=50), given.a_holder()
    over = gift.expires_at
    seconds = int((over - given.NOW).total_seconds()) - 1

    def sweeps() -> str:
        return f"returned {return_expired_gifts(now=over)}"

    acts: list[Callable[[], str]] = [lambda: claims(gift, friend, seconds=seconds), sweeps] * 6
    ended = tally(at_once(lambda place: acts[place](), threads=len(acts)))
    claimed, returned = ended["claimed"] > 0, ended["returned 1"]
    assert (claimed, returned) in ((True, 0), (False, 1))
    held = (coins_in(main_of(friend)), coins_in(main_of(gift.sender)))
    assert held == ((50, 0) if claimed else (0, 50))
    assert broken() == []


def test_a_sweep_waits_for_nobody() -> None:
    held, free = given.a_gift(coins=10), given.a_gift(coins=20)
    over = held.expires_at
    with transaction.atomic():
        Gift.objects.select_for_update().get(pk=held.pk)
        assert at_once(lambda _: return_expired_gifts(now=over), threads=1) == [1]
    assert coins_in(main_of(free.sender)) == 20
    assert return_expired_gifts(now=over) == 1
    assert broken() == []


def test_two_sweeps_at_once_return_each_gift_once() -> None:
    gifts = [given.a_gift(coins=10) for _ in range(12)]
    over = gifts[0].expires_at
    returned = at_once(lambda _: return_expired_gifts(now=over), threads=2)
    returned.append(return_expired_gifts(now=over))
    assert sum(int(str(count)) for count in returned) == len(gifts)
    assert {coins_in(main_of(gift.sender)) for gift in gifts} == {10}
    assert {coins_in(address_of(gift)) for gift in gifts} == {0}
    assert broken() == []


def test_giving_back_often_with_two_keys_makes_two_gifts() -> None:
    giver, friend = given.a_holder(coins=50), given.a_holder(coins=30)
    gift = claim_gift(gift=given.a_gift(sender=giver, coins=50), claimer=friend, now=given.NOW)
    keys = [uuid4(), uuid4()]

    def gives(place: int) -> str:
        key = keys[place % 2]
        send_gift(sender=friend, amount=20, friend_of=gift, key=key, now=given.NOW)
        return "given"

    assert tally(at_once(gives, threads=8)) == {"given": 8}
    assert coins_in(main_of(friend)) == 40
    assert gift.returns.count() == 2
    assert broken() == []
