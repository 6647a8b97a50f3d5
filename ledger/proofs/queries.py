"""Run the proofs and say what each found."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from ledger.registry import Proof, proofs


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one proof examined, how much of it is broken, the first broken thing, and the time taken."""

    name: str
    title: str
    examined: int
    broken: int
    first_broken: str
    milliseconds: int

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found broken."""
        return self.broken == 0


def findings() -> Iterator[Finding]:
    """Run every proof, one after the other, and yield what each found."""
    for proof in proofs():
        yield finding_of(proof)


def finding_of(proof: Proof) -> Finding:
    """Run one proof."""
    begun = time.monotonic()
    examined, broken, first = proof.examine() if proof.examine else _row_of(proof)
    return Finding(
        name=proof.name,
        title=proof.title,
        examined=examined,
        broken=broken,
        first_broken=first or "",
        milliseconds=round((time.monotonic() - begun) * 1000),
    )


def _row_of(proof: Proof) -> tuple[int, int, str | None]:
    assert proof.sql is not None
    with connection.cursor() as cursor:
        cursor.execute(proof.sql.read_text())
        examined, broken, first = cursor.fetchone()
    return examined, broken, first
