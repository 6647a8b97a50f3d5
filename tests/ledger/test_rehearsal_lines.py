"""Of the lines of a rehearsal, a page keeps the largest of each stage."""

import random

from ledger.months.rules import Largest, MovedLine


def line(stage: str, number: int, change: int, *, is_tracked: bool = True) -> MovedLine:
    after = 1_000 + change if is_tracked else None
    return MovedLine(
        stage=stage,
        shard="0",
        address=f"holder/{number}/main",
        asset="COIN",
        before=1_000 if is_tracked else None,
        change=change,
        after=after,
    )


def test_the_largest_changes_of_each_stage_are_kept_whatever_their_sign() -> None:
    changes = [number if number % 2 else -number for number in range(1, 501)]
    random.Random(7).shuffle(changes)
    largest = Largest(most=3)
    for number, change in enumerate(changes):
        largest(line("proceeds", number, change))
    largest(line("fees", 1, -4))
    largest(line("fees", 2, 900, is_tracked=False))
    kept = largest.by_stage()
    assert [one.change for one in kept["proceeds"]] == [-500, 499, -498]
    assert [one.change for one in kept["fees"]] == [-4]
    assert largest.lines == 502
