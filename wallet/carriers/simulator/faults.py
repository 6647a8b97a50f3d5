"""Which calls go wrong: decided by hash, so that concurrency and restarts change nothing."""

from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Final, Literal

NEVER: Final = Fraction(0)

RandomFault = Literal["timeout_after_apply", "duplicate", "error_500", "statement_breaks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What a simulated carrier does wrong; rates are shares of calls, 0 to 1."""

    seed: int = 0
    latency_ms: int = 0
    hang_ms: int = 10_000
    processing_ms: int = 0
    timeout_after_apply: Fraction = NEVER
    duplicate: Fraction = NEVER
    error_500: Fraction = NEVER
    statement_breaks: Fraction = NEVER
    down: bool = False
    does_not_sell: bool = False

    def strikes(self, *, fault: RandomFault, subject: str, attempt: int) -> bool:
        """Say whether a fault strikes this attempt at a subject."""
        rate: Fraction = getattr(self, fault)
        return drawn(seed=self.seed, text=f"{fault}|{subject}|{attempt}") < rate * 2**64


def drawn(*, seed: int, text: str) -> int:
    """Draw a number below 2**64 that depends on the seed and the text alone."""
    return int.from_bytes(sha256(f"{seed}|{text}".encode()).digest()[:8])
