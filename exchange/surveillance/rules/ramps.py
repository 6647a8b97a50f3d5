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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Took:
    """A trade that its group took, with the price and the lots of all trades before it."""

    trade: Traded
    before: int
    lots_before: int


class Ramps:
    """Find groups whose own taking moved the price, and who then deal there, or near the close."""

    kind = "ramp"

    def __init__(self, *, terms: Terms, seen: Seen) -> None:
        """Begin with what was raised before."""
        self._terms, self._seen = terms, seen
        self._last: Traded | None = None
        self._lots = 0
        self._took: dict[tuple[UUID, Side], deque[_Took]] = {}
        self._armed: dict[tuple[UUID, Side], _Ramp] = {}

    def take(self, fact: Fact) -> Iterator[Finding]:
        """Look at what happened next, and yield what it completes."""
        if not isinstance(fact, Traded):
            return
        for side in ("B", "S"):
            yield from self._deal(fact, side)
        if fact.taker:
            yield from self._push(fact, "B" if fact.taker == "B" else "S")
        self._last = fact
        self._lots += fact.lots

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
        took.append(_Took(trade=trade, before=self._price_before(trade), lots_before=self._lots))
        while took[0].trade.at <= trade.at - terms.ramp_window:
            took.popleft()
        ramp = self._ramp(group, side, took)
        if ramp is None:
            return
        self._armed[group, side] = ramp
        until_call = terms.closing_call_at - trade.at
        is_late = timedelta(0) < until_call <= timedelta(minutes=terms.ramp_close_minutes)
        if is_late and self._seen.is_new(trade.number):
            yield self._finding(ramp, dealt=None, by=trade)

    def _ramp(self, group: UUID, side: Side, took: deque[_Took]) -> _Ramp | None:
        """Return the move that a group's taking made, if it is one; the last of it is new."""
        terms, sign = self._terms, 1 if side == "B" else -1
        first, last = took[0], took[-1].trade
        if not terms.is_move(sign * (last.price - first.before), percent=terms.ramp_percent_min):
            return None
        if len({one.trade.party(side).order for one in took}) < terms.ramp_orders_min:
            return None
        everybody = self._lots + last.lots - first.lots_before
        share = sum(one.trade.lots for one in took) * 100 // everybody
        if share < terms.ramp_share_percent_min:
            return None
        return _Ramp(
            group=group,
            side=side,
            trades=tuple(one.trade for one in took),
            before=first.before,
            reached=last.price,
            share_percent=share,
        )

    def _price_before(self, trade: Traded) -> int:
        """Return the last price before a trade, within a window; its own if there was none."""
        last = self._last
        is_near = last is not None and last.at > trade.at - self._terms.ramp_window
        return last.price if last is not None and is_near else trade.price

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
