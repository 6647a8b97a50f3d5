"""Prices that one trader carries away: to deal on the other side there, or to mark the close."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from .facts import OTHER, Fact, Finding, Side, Traded, found
from .seen import Seen
from .terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ramp:
    """A move that one group made alone: its trades, the price before, and the price it reached."""

    group: UUID
    side: Side
    trades: tuple[Traded, ...]
    before: int
    reached: int
    share_percent: int


class Ramps:
    """Find groups whose own taking moved the price, and who then deal there, or near the close."""

    kind = "ramp"

    def __init__(self, *, terms: Terms, seen: Seen) -> None:
        """Begin with what was raised before."""
        self._terms, self._seen = terms, seen
        self._recent: deque[Traded] = deque()
        self._took: dict[tuple[UUID, Side], deque[Traded]] = {}
        self._armed: dict[tuple[UUID, Side], _Ramp] = {}

    def take(self, fact: Fact) -> Iterator[Finding]:
        """Look at what happened next, and yield what it completes."""
        if not isinstance(fact, Traded):
            return
        # The price before a ramp may be as old as a window before its first trade.
        while self._recent and self._recent[0].at <= fact.at - 2 * self._terms.ramp_window:
            self._recent.popleft()
        for side in ("B", "S"):
            yield from self._deal(fact, side)
        if fact.taker:
            yield from self._push(fact, "B" if fact.taker == "B" else "S")
        self._recent.append(fact)

    def _deal(self, trade: Traded, side: Side) -> Iterator[Finding]:
        """Look whether who deals on one side has carried the price there from the other."""
        group = trade.party(side).group
        ramp = self._armed.get((group, OTHER[side]))
        if ramp is None:
            return
        if trade.at - ramp.trades[-1].at > self._terms.ramp_window:
            del self._armed[group, OTHER[side]]
            return
        gained = trade.price - ramp.before if side == "S" else ramp.before - trade.price
        moved = abs(ramp.reached - ramp.before)
        if gained * 2 >= moved and self._seen.is_new(trade.number):
            yield self._finding(ramp, dealt=trade, by=trade)

    def _push(self, trade: Traded, side: Side) -> Iterator[Finding]:
        """Look whether a group's own taking, with this trade, has moved the price."""
        terms, group = self._terms, trade.party(side).group
        if self._seen.is_used(self.kind, str(group), number=trade.number):
            return
        took = self._took.setdefault((group, side), deque())
        took.append(trade)
        while took[0].at <= trade.at - terms.ramp_window:
            took.popleft()
        ramp = self._ramp(group, side, tuple(took))
        if ramp is None:
            return
        self._armed[group, side] = ramp
        until_call = terms.closing_call_at - trade.at
        is_late = timedelta(0) < until_call <= timedelta(minutes=terms.ramp_close_minutes)
        if is_late and self._seen.is_new(trade.number):
            yield self._finding(ramp, dealt=None, by=trade)

    def _ramp(self, group: UUID, side: Side, trades: tuple[Traded, ...]) -> _Ramp | None:
        terms, sign = self._terms, 1 if side == "B" else -1
        orders = {trade.party(side).order for trade in trades}
        first, last = trades[0], trades[-1]
        before = self._price_before(first)
        if len(orders) < terms.ramp_orders_min or not terms.is_move(
            sign * (last.price - before), percent=terms.ramp_percent_min
        ):
            return None
        everybody = [*(one for one in self._recent if one.trade >= first.trade), last]
        share = sum(one.lots for one in trades) * 100 // sum(one.lots for one in everybody)
        if share < terms.ramp_share_percent_min:
            return None
        return _Ramp(
            group=group,
            side=side,
            trades=trades,
            before=before,
            reached=last.price,
            share_percent=share,
        )

    def _price_before(self, first: Traded) -> int:
        """Return the last price before a trade, within a window; its own if there was none."""
        since = first.at - self._terms.ramp_window
        older = [one for one in self._recent if one.trade < first.trade and one.at > since]
        return older[-1].price if older else first.price

    def _finding(self, ramp: _Ramp, *, dealt: Traded | None, by: Traded) -> Finding:
        self._seen.use(self.kind, str(ramp.group), number=by.number)
        for side in OTHER.values():
            self._armed.pop((ramp.group, side), None)
            self._took.pop((ramp.group, side), None)
        trades = [*ramp.trades, dealt] if dealt else list(ramp.trades)
        theirs = {trade.party(ramp.side).holder for trade in ramp.trades}
        if dealt:
            theirs.add(dealt.party(OTHER[ramp.side]).holder)
        why = {
            "orders": len({trade.party(ramp.side).order for trade in ramp.trades}),
            "lots": sum(trade.lots for trade in ramp.trades),
            "before_coins": ramp.before,
            "reached_coins": ramp.reached,
            "percent_of_band": abs(ramp.reached - ramp.before) * 100 // self._terms.band_coins,
            "share_percent": ramp.share_percent,
            "dealt_lots": dealt.lots if dealt else 0,
        }
        return found(
            kind=self.kind,
            subject=str(ramp.group),
            trades=trades,
            holders=theirs,
            why=why,
            by=by,
        )
