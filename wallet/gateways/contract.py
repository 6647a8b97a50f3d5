"""What every way out takes, and how much is known afterwards."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Outcome(StrEnum):
    """What became of a letter."""

    SENT = "sent"  # the gateway has it, for certain
    NOT_SENT = "not_sent"  # the gateway does not have it, for certain: it may be tried again
    REFUSED = "refused"  # the gateway will never take it
    UNKNOWN = "unknown"  # it may have it: another try might send it twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a letter, and why, as a code without anything personal."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Words for one person. The reference is its name at the gateway, the same at every try.

    `to` is a phone (E.164) or an e-mail address; subject and unsubscribe are an e-mail's.
    """

    reference: UUID
    to: str
    kind: str
    language: str
    body: str
    subject: str = ""
    unsubscribe: str = ""


class Gateway(Protocol):
    """What hands letters to those who bring them."""

    def send(self, *, letter: Letter) -> Answer:
        """Hand over a letter."""

    def asked(self, *, reference: UUID) -> Answer:
        """Ask what became of a letter; UNKNOWN where that cannot be asked."""
