"""How stages are cut into parts."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.months.rules import (
    PART_SUBJECTS_MAX,
    PLANNED_SUBJECTS_MAX,
    hex_shards,
    id_bounds,
    planned_shards,
)


@given(subjects=st.integers(0, 10**8))
def test_no_part_has_more_than_some_thousand_until_there_are_millions(subjects: int) -> None:
    shards = hex_shards(subjects)
    assert len(shards) in (1, 16, 256, 4_096, 65_536)
    assert subjects <= PART_SUBJECTS_MAX * len(shards)


@given(subjects=st.integers(0, 10**9))
def test_planned_parts_grow_with_the_books_up_to_a_bound(subjects: int) -> None:
    shards = planned_shards(subjects)
    assert subjects <= PLANNED_SUBJECTS_MAX * len(shards)
    fewest = 16 if subjects else 1
    assert len(shards) == fewest or subjects > PLANNED_SUBJECTS_MAX * len(shards) // 2


@pytest.mark.parametrize("cut", [hex_shards, planned_shards])
def test_parts_cover_every_id_once(cut: Callable[[int], tuple[str, ...]]) -> None:
    for subjects in (0, 1, 200_000, 3_000_000):
        bounds = [id_bounds(shard) for shard in cut(subjects)]
        assert bounds[0][0] == "0" * 32
        assert bounds[-1][1] == "f" * 32
        for (_first, last), (first, _last) in pairwise(bounds):
            assert int(first, 16) == int(last, 16) + 1
