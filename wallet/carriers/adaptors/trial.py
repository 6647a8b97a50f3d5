"""What a trial of a carrier knows, and how it asks: patiently, or hanging up too early."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

from ledger.rules import SHANGHAI, month_of
from wallet.carriers.adaptors.contract import Adaptor, Answer, Outcome

POLL_SECONDS = 0.2
TRIED_MB = 1


class Broken(Exception):
    """The carrier broke a rule; the message says what it did instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A carrier on trial: how to speak to it, and the number it lets us try on.

    `hasty` hangs up before any answer can come. The number's package is one that may be
    deducted from, with a few MB left this month; what is deducted is given back.
    """

    adaptor: Adaptor
    hasty: Adaptor
    msisdn: str
    package: str
    clock: Callable[[], datetime]
    decide_seconds: float
    run: str = field(default_factory=lambda: uuid4().hex[:12])

    @property
    def month(self) -> date:
        """Return the month that is tried in."""
        return month_of(self.clock())

    @property
    def today(self) -> date:
        """Return the day of the carrier's statement (Asia/Shanghai)."""
        return self.clock().astimezone(SHANGHAI).date()

    def ref(self, name: str) -> str:
        """Return a reference no earlier trial used."""
        return f"check-{self.run}-{name}"

    def deduct(self, name: str, *, mb: int = TRIED_MB) -> Answer:
        """Deduct, and wait until it is decided."""
        first = self.adaptor.deduct(
            ref=self.ref(name), msisdn=self.msisdn, package=self.package, month=self.month, mb=mb
        )
        return self.decided(first)

    def restore(self, name: str, *, mb: int = TRIED_MB) -> Answer:
        """Restore, and wait until it is decided."""
        first = self.adaptor.restore(
            ref=self.ref(name), msisdn=self.msisdn, package=self.package, month=self.month, mb=mb
        )
        return self.decided(first)

    def submit(self, name: str, *, adaptor: Adaptor | None = None, mb: int = TRIED_MB) -> Answer:
        """Submit, and return the first answer as it came."""
        speaking = adaptor or self.adaptor
        return speaking.submit(ref=self.ref(name), msisdn=self.msisdn, mb=mb, month=self.month)

    def decided(self, answer: Answer) -> Answer:
        """Ask for the status until it is final, as long as the trial waits."""
        ends = time.monotonic() + self.decide_seconds
        while answer.outcome not in {Outcome.DELIVERED, Outcome.FAILED}:
            if time.monotonic() > ends:
                return answer
            time.sleep(POLL_SECONDS)
            answer = self.adaptor.status(ref=answer.ref)
        return answer

    def left_mb(self) -> int:
        """Return what is left of the package.

        Raises:
            Broken: the carrier does not list it.
        """
        for found in self.adaptor.remainder(msisdn=self.msisdn, month=self.month):
            if found.package == self.package:
                return found.remaining_mb
        raise Broken(f"the remainder does not list package {self.package} of {self.month:%Y-%m}")

    def topped_up_mb(self) -> int:
        """Return what lies in packages we delivered."""
        found = self.adaptor.remainder(msisdn=self.msisdn, month=self.month)
        return sum(one.remaining_mb for one in found if one.kind == "topup")


def expect(answer: Answer, outcome: Outcome) -> None:
    """Hold an answer to an outcome.

    Raises:
        Broken: it is another.
    """
    if answer.outcome != outcome:
        reason = f" ({answer.reason})" if answer.reason else ""
        raise Broken(f"{outcome} was due, {answer.outcome}{reason} came")


def expect_mb(what: str, *, found: int, due: int) -> None:
    """Hold an amount to what is due.

    Raises:
        Broken: it differs.
    """
    if found != due:
        raise Broken(f"{what}: {due} MB were due, {found} MB are there")
