"""What a simulated carrier does with requests: buckets move, references are remembered."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ledger.rules import month_name, month_of
from wallet.carriers.adaptors.wire import TOPUP_PACKAGE, written
from wallet.carriers.rules import original_carrier
from wallet.carriers.simulator.faults import Faults, drawn
from wallet.carriers.simulator.refusals import Refused
from wallet.carriers.simulator.state import State
from wallet.carriers.simulator.statements import book_lines, first_open_instant

ADJUSTABLE_KIND: Final = "national"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A top-up or an adjustment as it was asked for; MB signed, the month as 2026-11."""

    ref: str
    type: str
    msisdn: str
    month: str
    package: str
    product: str
    mb: int


class SimulatedCarrier:
    """One carrier's billing."""

    def __init__(
        self, *, code: str, state: State, faults: Faults, prefixes: tuple[str, ...] = ()
    ) -> None:
        """Serve from a state, doing wrong what is asked for."""
        self.code = code
        self.state = state
        self._faults = faults
        self._prefixes = prefixes

    def act(self, *, order: Order, now: datetime) -> sqlite3.Row:
        """Do what is ordered, once for each reference, and return its record.

        Raises:
            Refused: the reference already names another order.
        """
        with self.state.writing():
            if not self.actions(ref=order.ref):
                refusal = self._refusal_of(order=order, now=now)
                self._record(order=order, now=now, refusal=refusal)
            (row,) = self.actions(ref=order.ref)
        asked = (order.type, order.msisdn, order.month, order.package, order.product, order.mb)
        if asked != tuple(row)[2:8]:
            raise Refused("reference_reused")
        return row

    def served_by(self, *, msisdn: str) -> str | None:
        """Return the carrier a number belongs to, as far as this one knows."""
        if ported := self.state.one("SELECT carrier FROM ported WHERE msisdn = ?", msisdn):
            return str(ported["carrier"])
        if self.state.one("SELECT 1 FROM bucket WHERE msisdn = ? LIMIT 1", msisdn):
            return self.code
        if self._prefixes and msisdn.startswith(self._prefixes):
            return self.code
        return original_carrier(msisdn=msisdn)

    def refuse_strangers(self, *, msisdn: str) -> None:
        """Let only this carrier's numbers pass.

        Raises:
            Refused: the number was ported away, or was never here.
        """
        carrier = self.served_by(msisdn=msisdn)
        if carrier == self.code:
            return
        if self.state.one("SELECT 1 FROM ported WHERE msisdn = ?", msisdn):
            raise Refused("ported", carrier=carrier)
        raise Refused("not_a_subscriber")

    def actions(self, *, ref: str) -> list[sqlite3.Row]:
        """Return the record of a reference, if there is one."""
        return self.state.every("SELECT * FROM action WHERE ref = ?", ref)

    def buckets(self, *, msisdn: str) -> list[sqlite3.Row]:
        """Return a number's buckets.

        Raises:
            Refused: the number is not ours.
        """
        self.refuse_strangers(msisdn=msisdn)
        return self.state.every(
            "SELECT * FROM bucket WHERE msisdn = ? ORDER BY month, package", msisdn
        )

    def _refusal_of(self, *, order: Order, now: datetime) -> str:
        """Return the code an order is refused with, or nothing."""
        try:
            self._check(order=order, now=now)
        except Refused as refused:
            return refused.code
        return ""

    def _check(self, *, order: Order, now: datetime) -> None:
        self.refuse_strangers(msisdn=order.msisdn)
        if order.month < month_name(month_of(now)):
            raise Refused("expired")
        if order.type == "AdjustBalance":
            self._check_adjustment(order=order)
        elif self._faults.does_not_sell:
            raise Refused("does_not_sell")

    def _check_adjustment(self, *, order: Order) -> None:
        bucket = self.state.one(
            "SELECT * FROM bucket WHERE msisdn = ? AND month = ? AND package = ?",
            order.msisdn,
            order.month,
            order.package,
        )
        if bucket is None:
            raise Refused("no_such_bucket")
        if bucket["kind"] != ADJUSTABLE_KIND:
            raise Refused("kind_not_adjustable")
        if order.mb < 0 and remaining_mb(bucket=bucket) < -order.mb:
            raise Refused("insufficient")
        if order.mb > 0 and bucket["adjusted_mb"] + order.mb > 0:
            raise Refused("nothing_to_restore")

    def _record(self, *, order: Order, now: datetime, refusal: str) -> None:
        ended = now + timedelta(milliseconds=0 if refusal else self._faults.processing_ms)
        # A day whose final statement was given out takes no more lines: the next day does.
        booked_at = max(written(instant=ended), first_open_instant(state=self.state))
        self.state.write(
            "INSERT INTO action VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            order.ref,
            f"{drawn(seed=self._faults.seed, text=f'id|{order.ref}'):016x}",
            order.type,
            order.msisdn,
            order.month,
            order.package,
            order.product,
            order.mb,
            written(instant=now),
            booked_at,
            refusal,
        )
        if not refusal:
            self._move(order=order, now=now)
            book_lines(state=self.state, ref=order.ref, faults=self._faults)

    def _move(self, *, order: Order, now: datetime) -> None:
        if order.package == TOPUP_PACKAGE:
            self.state.write(
                "INSERT OR IGNORE INTO bucket VALUES (?, ?, ?, 'topup', '', 0, 0, 0, ?)",
                order.msisdn,
                order.month,
                order.package,
                written(instant=now),
            )
        self.state.write(
            "UPDATE bucket SET adjusted_mb = adjusted_mb + ?"
            " WHERE msisdn = ? AND month = ? AND package = ?",
            order.mb,
            order.msisdn,
            order.month,
            order.package,
        )


def remaining_mb(*, bucket: sqlite3.Row) -> int:
    """Return what is left of a bucket; a usage file can show more used than there was."""
    left: int = bucket["allowance_mb"] - bucket["used_mb"] + bucket["adjusted_mb"]
    return max(left, 0)
