"""When a day's three sides agree, and how much a reason has to say."""

from typing import Final

REASON_LENGTH_MIN: Final = 10


def is_agreed(
    *,
    lines: int,
    lines_mb: int,
    ours: int,
    ours_mb: int,
    settled: int,
    settled_mb: int,
    booked: int,
    booked_mb: int,
    undecided: int,
    breaks: int,
) -> bool:
    """Say whether statement, wallet and ledger tell the same, with nothing left open or broken."""
    return (
        (lines, lines_mb) == (ours, ours_mb)
        and (settled, settled_mb) == (booked, booked_mb)
        and not undecided
        and not breaks
    )
