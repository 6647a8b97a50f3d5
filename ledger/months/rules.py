"""How a stage is cut into parts, so that no part grows with the books; the lines of a rehearsal."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heappush, heappushpop
from itertools import product
from typing import TextIO

from ledger.rules import Posting

PART_SUBJECTS_MAX = 8_000
PLANNED_SUBJECTS_MAX = 16_384  # of a part that a query plans: its rows stay in the database
_PLANNED_PARTS_MIN = 16  # so that several workers share a close
_DIGITS = "0123456789abcdef"
_LENGTH_MAX = 4


def hex_shards(subjects: int) -> tuple[str, ...]:
    """Return the parts of a stage over so many subjects: beginnings of their ids, all of them.

    Ids are random, so that each part has about as many: at most some thousand, whatever the
    number of subjects, and so the memory a part takes stays the same. Count those that there is
    something to do for: a part of nobody costs a commit as well, so that of nobody there is one.
    """
    if subjects == 0:
        return ("",)
    length = 1
    while subjects > PART_SUBJECTS_MAX * 16**length and length < _LENGTH_MAX:
        length += 1
    return tuple("".join(digits) for digits in product(_DIGITS, repeat=length))


def came_by_asset(postings: Iterable[Posting]) -> dict[str, int]:
    """Return how much of each asset (whole units) some postings bring to accounts."""
    came: dict[str, int] = {}
    for posting in postings:
        for leg in posting.legs:
            if leg.amount > 0:
                came[leg.asset] = came.get(leg.asset, 0) + leg.amount
    return came


def planned_shards(subjects: int) -> tuple[str, ...]:
    """Return the parts of a stage that a query plans: ranges of first digits, as `00-07`.

    Its ids lie anywhere in the tables. The more of them a part has, in their order, the more meet
    on a page: so parts grow with the books, to as many as a worker of the database sorts in memory.
    Of nobody there is one, as in `hex_shards`.
    """
    if subjects == 0:
        return ("",)
    parts = _PLANNED_PARTS_MIN
    while subjects > PLANNED_SUBJECTS_MAX * parts and parts < 16**_LENGTH_MAX:
        parts *= 2
    length = next(digits for digits in range(1, _LENGTH_MAX + 1) if 16**digits >= parts)
    each = 16**length // parts
    return tuple(
        f"{first:0{length}x}-{first + each - 1:0{length}x}" for first in range(0, 16**length, each)
    )


def id_bounds(shard: str) -> tuple[str, str]:
    """Return the first and the last id (32 hex digits) of a part, named by first digits."""
    first, _, last = shard.partition("-")
    return first.ljust(32, "0"), (last or first).ljust(32, "f")


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLine:
    """What one part of a close does to one account, in whole units of its asset.

    An untracked account (an issuer's, a carrier's, the system's) has no balances of its own here.
    """

    stage: str
    shard: str
    address: str
    asset: str
    before: int | None
    change: int
    after: int | None


class Largest:
    """Keeps the lines of each stage that change most, however many there are."""

    def __init__(self, *, most: int) -> None:
        """Begin with none; `most` are kept of each stage."""
        self._most = most
        self._kept: dict[str, list[tuple[int, str, str, MovedLine]]] = {}
        self.lines = 0

    def __call__(self, line: MovedLine) -> None:
        """Keep a line if it is among the largest of its stage so far."""
        self.lines += 1
        if line.after is None:
            return
        kept = self._kept.setdefault(line.stage, [])
        item = (abs(line.change), line.address, line.asset, line)
        if len(kept) < self._most:
            heappush(kept, item)
        else:
            heappushpop(kept, item)

    def by_stage(self) -> dict[str, list[MovedLine]]:
        """Return the largest lines of each stage, the largest first."""
        return {
            stage: [line for *_, line in sorted(kept, key=lambda item: item[:3], reverse=True)]
            for stage, kept in self._kept.items()
        }


def csv_of_lines(file: TextIO) -> Callable[[MovedLine], None]:
    """Return what writes lines to a file as CSV, under a header."""
    writer = csv.writer(file)
    writer.writerow(("stage", "part", "address", "asset", "before", "change", "after"))

    def write(line: MovedLine) -> None:
        writer.writerow(
            (
                line.stage,
                line.shard,
                line.address,
                line.asset,
                line.before,
                line.change,
                line.after,
            )
        )

    return write
