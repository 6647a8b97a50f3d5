"""The contract of every carrier's adaptor: what may be asked, and what each answer means.

Every call which moves data carries our reference, and the carrier answers the same to the same
reference. Amounts are whole MB. A month is its first day, in Asia/Shanghai.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final, Protocol

from ledger.refusals import Refusal
from wallet.carriers.rules import Detected

#: Nothing left this machine: the same reference may safely be submitted again.
NOT_SENT: Final = "not_sent"
#: Something was sent and no answer came back in time.
NOT_ANSWERED: Final = "not_answered"
#: The carrier answered with a 5xx.
CARRIER_ERROR: Final = "carrier_error"
#: An answer came which does not say what happened to this reference.
UNREADABLE: Final = "unreadable"
#: The carrier has no record of the reference, yet: only final statements prove an absence.
NOT_FOUND: Final = "not_found"
#: The carrier says that it knows the reference already, which is no refusal.
DUPLICATE: Final = "duplicate"
#: The carrier does not list a product of this size; nothing was sent.
PRODUCT_NOT_SOLD: Final = "product_not_sold"


class Outcome(StrEnum):
    """What became of a reference. Only DELIVERED and FAILED are final."""

    PROCESSING = "processing"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class LineKind(StrEnum):
    """What a statement's line did."""

    DELIVERED = "delivered"
    DEDUCTED = "deducted"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the carrier said of one reference.

    `reason` is empty, one of the constants above, or the carrier's own error code;
    `carrier` is the number's present carrier where a refusal named it.
    """

    ref: str
    outcome: Outcome
    reason: str = ""
    mb: int | None = None
    confirmed_at: datetime | None = None
    carrier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a carrier sells: undirected data; `size_mb` is None where any amount can be had."""

    id: str
    name: str
    size_mb: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """What is left of a number's package in a month."""

    package: str
    kind: str
    month: date
    province: str | None
    remaining_mb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One thing the carrier says it did; `mb` is positive, `kind` gives the direction.

    A partner's goods have no `month` (None), and `product` says which of them moved.
    """

    carrier_line_id: str
    ref: str
    kind: LineKind
    msisdn: str
    package: str
    month: date | None
    mb: int
    booked_at: datetime
    product: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A day's statement. No line is ever added to a final one. `lines` can be read once."""

    day: date
    final: bool
    lines: Iterator[StatementLine] = field(repr=False)


class CarrierUnavailable(Refusal):
    """The carrier could not be asked, or its answer could not be read; ask again later."""

    code: ClassVar[str] = "carrier_unavailable"
    status: ClassVar[int] = 503


class Adaptor(Protocol):
    """A carrier as the wallet sees it.

    The four which move data or ask for what moved never raise for what happens on the wire:
    a time-out, a 5xx or an unreadable answer is an Answer of Outcome.UNKNOWN.
    """

    @property
    def carrier(self) -> str:
        """The carrier's code, such as CT."""

    def detect(self, *, msisdn: str) -> Detected:
        """Ask who serves the number now; fall back on its prefix."""

    def products(self) -> list[Product]:
        """List what can be submitted."""

    def deduct(self, *, ref: str, msisdn: str, package: str, month: date, mb: int) -> Answer:
        """Take MB out of what is left of a number's package of that month."""

    def restore(self, *, ref: str, msisdn: str, package: str, month: date, mb: int) -> Answer:
        """Give MB that an earlier deduct took back to the package it came from."""

    def submit(
        self, *, ref: str, msisdn: str, mb: int, month: date, product: str | None = None
    ) -> Answer:
        """Deliver MB of undirected data, valid in that month, to a number."""

    def status(self, *, ref: str) -> Answer:
        """Ask what became of a reference; an unheard-of one is unknown, not failed."""

    def remainder(self, *, msisdn: str, month: date) -> list[Remainder]:
        """List what is left of each of the number's packages of a month.

        Raises:
            CarrierUnavailable: the carrier could not be asked.
        """

    def statement(self, *, day: date) -> Statement:
        """Ask for everything the carrier booked on a day, in Asia/Shanghai.

        Raises:
            CarrierUnavailable: the carrier could not be asked; also while lines are read.
        """
