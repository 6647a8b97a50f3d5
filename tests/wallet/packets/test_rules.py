"""The draw: exact, at least a coin each, and no position better than another."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.packets import rules, verify_packet
from wallet.packets.rules import (
    commitment_of,
    day_in,
    day_seed,
    day_starts_at,
    drawn,
    share_seed,
    token_of,
    visit_code,
)

DRAWS = 60_000
seeds = st.binary(min_size=32, max_size=32)


@st.composite
def packets(draw: st.DrawFn) -> tuple[int, int]:
    shares = draw(st.integers(1, 100))
    return draw(st.integers(shares, 2**40)), shares


@given(packets(), seeds)
def test_a_lucky_draw_is_exact_and_gives_each_a_coin(packet: tuple[int, int], seed: bytes) -> None:
    coins, count = packet
    shares = drawn(kind="lucky", coins=coins, share_count=count, seed=seed)
    assert len(shares) == count
    assert sum(shares) == coins
    assert min(shares) >= 1
    assert shares == drawn(kind="lucky", coins=coins, share_count=count, seed=seed)


@given(st.integers(1, 100), st.integers(1, 10**6), seeds)
def test_equal_shares_are_equal(count: int, each: int, seed: bytes) -> None:
    shares = drawn(kind="equal", coins=count * each, share_count=count, seed=seed)
    assert shares == [each] * count


@given(packets(), seeds, st.sampled_from(["lucky", "equal"]))
def test_the_verifier_draws_and_binds_alike(
    packet: tuple[int, int], seed: bytes, kind: str
) -> None:
    coins, count = packet
    coins = coins // count * count if kind == "equal" else coins
    shares = drawn(kind=kind, coins=coins, share_count=count, seed=seed)
    assert verify_packet.drawn(kind, coins, count, seed) == shares
    bound = commitment_of(seed=seed, shares=shares)
    assert verify_packet.commitment_of(seed, shares) == bound.hex()


@given(st.integers(1, 2**64 - 1), st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=4))
@settings(max_examples=200)
def test_no_number_below_a_bound_is_favoured(bound: int, words: list[int]) -> None:
    whole = 2**64 // bound * bound
    numbers = iter([*words, 0])
    expected = next(word for word in [*words, 0] if word < whole) % bound
    assert rules._below(bound, numbers) == expected


def test_each_position_has_the_same_mean() -> None:
    sums = [0] * 10
    for number in range(DRAWS):
        seed = hashlib.sha256(number.to_bytes(8, "big")).digest()
        for position, coins in enumerate(drawn(kind="lucky", coins=20, share_count=10, seed=seed)):
            sums[position] += coins
    assert sum(sums) == 20 * DRAWS
    assert [total for total in sums if abs(total - 2 * DRAWS) * 100 > 2 * DRAWS] == []


def test_a_days_seed_is_its_own_and_the_keys() -> None:
    day = datetime(2026, 11, 16, tzinfo=UTC).date()
    seed = day_seed(day=day, key="k" * 50)
    assert len(seed) == 32
    assert seed == day_seed(day=day, key="k" * 50)
    others = {day_seed(day=day + timedelta(days=1), key="k" * 50), day_seed(day=day, key="l" * 50)}
    assert len({seed, *others}) == 3


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    late = datetime(2026, 11, 15, 15, 59, 59, tzinfo=UTC)
    assert f"{day_in(late)}" == "2026-11-15"
    assert f"{day_in(late + timedelta(seconds=1))}" == "2026-11-16"
    assert day_starts_at(day_in(late)) == datetime(2026, 11, 14, 16, tzinfo=UTC)


@pytest.mark.parametrize("parts", [(b"s" * 32, uuid4()), (b"t" * 32, UUID(int=5))])
def test_a_packets_seed_and_links_are_its_own(parts: tuple[bytes, UUID]) -> None:
    seed, packet = parts
    assert share_seed(seed=seed, packet_id=packet) != share_seed(seed=seed, packet_id=UUID(int=6))
    assert len(token_of(packet_id=packet, key="k")) == 22
    assert token_of(packet_id=packet, key="k") != token_of(packet_id=packet, key="l")
    assert visit_code(packet_id=packet, visitor="a") != visit_code(packet_id=packet, visitor="b")
    assert len(visit_code(packet_id=packet, visitor="a")) == 16
