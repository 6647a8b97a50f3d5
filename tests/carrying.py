"""Carriers for tests that answer at once, and worlds of attested packages."""

import io
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

from ledger.rules import month_name
from tests.given import MONTH, NOW, PACKAGE
from wallet.carriers.adaptors.contract import Adaptor, Answer, Outcome
from wallet.carriers.models import Carrier, Instruction
from wallet.carriers.operations import serve_carrier
from wallet.carriers.rules import Detected, detected_by_prefix
from wallet.carriers.usage.operations import load_usage_file
from wallet.carriers.usage.rules import HEADER
from wallet.holders.models import Number


@dataclass
class AnsweringCarrier:
    """A carrier that answers every call the same, and counts what it was asked."""

    carrier: str
    outcome: Outcome = Outcome.DELIVERED
    reason: str = ""
    present_carrier: str | None = None
    asked: list[str] = field(default_factory=list)

    def deduct(self, *, ref: str, **order: object) -> Answer:
        return self._answer(ref)

    def restore(self, *, ref: str, **order: object) -> Answer:
        return self._answer(ref)

    def submit(self, *, ref: str, **order: object) -> Answer:
        return self._answer(ref)

    def status(self, *, ref: str) -> Answer:
        return self._answer(ref)

    def detect(self, *, msisdn: str) -> Detected:
        return detected_by_prefix(msisdn=msisdn)

    def _answer(self, ref: str) -> Answer:
        self.asked.append(ref)
        return Answer(
            ref=ref, outcome=self.outcome, reason=self.reason, carrier=self.present_carrier
        )


def carriers_answer(
    *,
    now: datetime = NOW,
    outcome: Outcome = Outcome.DELIVERED,
    reason: str = "",
    present_carrier: str | None = None,
) -> list[Instruction]:
    """Have every carrier answer all that is due, and return what that decided."""
    return [
        row
        for code in Carrier.objects.order_by("pk").values_list("pk", flat=True)
        for row in serve_carrier(
            adaptor=cast(
                "Adaptor",
                AnsweringCarrier(code, outcome, reason, present_carrier),
            ),
            clock=lambda: now,
        )
    ]


def attest(
    number: Number,
    *,
    allowance: int = 2048,
    used: int = 548,
    package: str = PACKAGE,
    kind: str = "national",
    month: date = MONTH,
    as_of: str = "",
    final: bool = False,
    province: str = "广东",
    file: str = "usage.csv",
    read_at: datetime = NOW,
) -> None:
    """Have the number's carrier attest a package (MB) in a usage file."""
    line = (
        f"{number.msisdn},{number.carrier_id},{province},{month_name(month)},{package},{kind},"
        f"{allowance},{used},{as_of or f'{month_name(month)}-10'},{int(final)}"
    )
    load_usage_file(
        source=io.BytesIO(f"{','.join(HEADER)}\n{line}\n".encode()),
        name=file,
        now=read_at,
        complain=_fail,
        progress=_show_nothing,
    )


def _fail(place: int, why: str) -> None:
    raise AssertionError(f"line {place}: {why}")


def _show_nothing(size_bytes: int) -> None:
    """Stand in for the bar."""
