"""Roots and proofs agree with the definitions of RFC 9162, written out naively here."""

import hashlib
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.seals.rules import (
    EMPTY,
    TreeHead,
    consistency_ranges,
    hash_of_range,
    inclusion_ranges,
    is_consistent,
    is_signed,
    joined,
    public_key_of,
    sign,
)

KEY = bytes(range(32))
LEAVES = [hashlib.sha256(bytes([0, at])).digest() for at in range(70)]


def naive(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return joined(naive(leaves[:half]), naive(leaves[half:]))


def node(place: tuple[int, int]) -> bytes:
    level, at = place
    return naive(LEAVES[at << level : (at + 1) << level])


def hashes(ranges: list[tuple[int, int]]) -> list[bytes]:
    return [hash_of_range(each, node=node) for each in ranges]


@pytest.mark.parametrize("size", range(len(LEAVES) + 1))
def test_root_is_that_of_the_definition(size: int) -> None:
    assert hash_of_range((0, size), node=node) == naive(LEAVES[:size])


@given(st.data())
def test_inclusion_leads_to_the_root(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    position = data.draw(st.integers(0, size - 1))
    found = LEAVES[position]
    ranges = inclusion_ranges(position=position, size=size)
    for (first, _), other in zip(ranges, hashes(ranges), strict=True):
        found = joined(found, other) if first > position else joined(other, found)
    assert found == naive(LEAVES[:size])


@given(st.data())
def test_consistency_is_proved_and_no_other_root_passes(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    earlier = data.draw(st.integers(1, size))
    path = hashes(consistency_ranges(earlier=earlier, size=size))
    old, new = naive(LEAVES[:earlier]), naive(LEAVES[:size])

    def consistent(old: bytes, new: bytes, path: list[bytes]) -> bool:
        return is_consistent(earlier=earlier, earlier_root=old, size=size, root=new, path=path)

    assert consistent(old, new, path)
    assert not consistent(EMPTY, new, path)
    assert not consistent(old, EMPTY, path)
    assert not consistent(old, new, [*path, EMPTY])
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        assert not consistent(old, new, [*path[:at], EMPTY, *path[at + 1 :]])


@pytest.mark.parametrize("field", ["size", "root", "month", "at"])
def test_signature_is_over_every_field(field: str, now: datetime) -> None:
    head = TreeHead(size=3, root=EMPTY, month=None, at=now)
    others = {"size": 4, "root": KEY, "month": date(2026, 11, 1), "at": now.replace(microsecond=1)}
    signature = sign(head, key=KEY)
    key = public_key_of(KEY)
    assert is_signed(head, public_key=key, signature=signature)
    changed = replace(head, **{field: others[field]})  # type: ignore[arg-type]
    assert not is_signed(changed, public_key=key, signature=signature)
