"""Orders that were never meant to trade: shown on one side until the other is filled."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from .facts import OTHER, Fact, Finding, Placed, Replaced, Side, Traded, Withdrawn, found
from .seen import Seen
from .terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """A resting order with its open lots; once withdrawn, when and by which event."""

    placed: Placed
    price: int
    lots: int
    withdrawn_at: datetime
    withdrawn: int


class Layering:
    """Find young orders withdrawn right after a fill on the other side, large beside that fill.

    At an uncross the fill comes last: what was withdrawn right before it counts as well. A
    replacement that moves away from the touch, or shrinks, withdraws what stood there.
    """

    kind = "layering"

    def __init__(self, *, terms: Terms, seen: Seen) -> None:
        """Begin with what was raised before."""
        self._terms, self._seen = terms, seen
        self._live: dict[UUID, _Layer] = {}
        self._gone: dict[UUID, deque[_Layer]] = {}
        self._fills: dict[UUID, deque[Traded]] = {}

    def take(self, fact: Fact) -> Iterator[Finding]:
        """Look at what happened next, and yield what it completes."""
        if isinstance(fact, Placed):
            self._forget(fact.at - self._terms.layer_life)
            self._live[fact.order] = _Layer(
                placed=fact,
                price=fact.price,
                lots=fact.lots,
                withdrawn_at=fact.at,
                withdrawn=fact.number,
            )
        elif isinstance(fact, Traded):
            yield from self._trade(fact)
        elif (layer := self._live.get(fact.order)) is not None:
            yield from self._change(fact, layer)

    def _trade(self, trade: Traded) -> Iterator[Finding]:
        for side in ("B", "S"):
            party = trade.party(side)
            layer = self._live.get(party.order)
            if layer is not None:
                self._keep(replace(layer, lots=layer.lots - trade.lots))
            if not self._seen.is_used(self.kind, str(party.group), number=trade.number):
                fills = self._fills.setdefault(party.group, deque())
                fills.append(trade)
                if not trade.taker:
                    yield from self._look(party.group, OTHER[side], by=trade)

    def _change(self, fact: Replaced | Withdrawn, layer: _Layer) -> Iterator[Finding]:
        shown, left = layer.lots, 0
        if isinstance(fact, Replaced):
            sign = 1 if layer.placed.side == "B" else -1
            is_worse = sign * fact.price < sign * layer.price
            shown, left = layer.lots if is_worse else layer.lots - fact.lots, fact.lots
            self._keep(replace(layer, price=fact.price, lots=left))
        else:
            del self._live[fact.order]
        group = layer.placed.group
        is_used = self._seen.is_used(self.kind, str(group), number=fact.number)
        is_old = fact.at - layer.placed.at > self._terms.layer_life
        if shown > 0 and not is_used and not is_old:
            gone = replace(layer, lots=shown, withdrawn_at=fact.at, withdrawn=fact.number)
            self._gone.setdefault(group, deque()).append(gone)
            yield from self._look(group, layer.placed.side, by=fact)

    def _look(self, group: UUID, side: Side, *, by: Fact) -> Iterator[Finding]:
        """Look at what a group withdrew from one side beside its fills on the other."""
        if not self._seen.is_new(by.number):
            return
        self._forget_of(group, before=by.at - 2 * timedelta(seconds=self._terms.layer_seconds))
        fills = [
            fill for fill in self._fills.get(group, ()) if fill.party(OTHER[side]).group == group
        ]
        layers: dict[UUID, _Layer] = {}
        met: dict[int, Traded] = {}
        for layer in self._gone.get(group, ()):
            beside = [fill for fill in fills if self._is_beside(layer, fill)]
            if layer.placed.side == side and beside:
                layers[layer.placed.order] = layer
                met.update((fill.trade, fill) for fill in beside)
        shown = sum(layer.lots for layer in layers.values())
        filled = sum(fill.lots for fill in met.values())
        terms = self._terms
        if len(layers) >= terms.layers_min and shown >= terms.layer_ratio_min * filled:
            yield self._finding(group, list(layers.values()), list(met.values()), by=by)

    def _is_beside(self, layer: _Layer, fill: Traded) -> bool:
        """Say whether an order stood there at a fill and went, or went right before an uncross."""
        swift = timedelta(seconds=self._terms.layer_seconds)
        if layer.placed.at > fill.at:
            return False
        if fill.number < layer.withdrawn:
            return layer.withdrawn_at - fill.at <= swift
        return not fill.taker and fill.at - layer.withdrawn_at <= swift

    def _finding(
        self, group: UUID, layers: list[_Layer], fills: list[Traded], *, by: Fact
    ) -> Finding:
        self._seen.use(self.kind, str(group), number=by.number)
        self._gone.pop(group, None)
        self._fills.pop(group, None)
        shown, filled = sum(one.lots for one in layers), sum(fill.lots for fill in fills)
        side = layers[0].placed.side
        lives = [one.withdrawn_at - one.placed.at for one in layers]
        why = {
            "layers": len(layers),
            "layer_lots": shown,
            "filled_lots": filled,
            "ratio": shown // filled,
            "seconds_max": int(max(lives).total_seconds()),
            "far_coins": max(abs(one.price - fills[-1].price) for one in layers),
        }
        return found(
            kind=self.kind,
            subject=str(group),
            trades=fills,
            holders={
                *(one.placed.holder for one in layers),
                *(fill.party(OTHER[side]).holder for fill in fills),
            },
            orders=[one.placed.order for one in layers],
            events=[each for one in layers for each in (one.placed.number, one.withdrawn)],
            why=why,
            by=by,
        )

    def _keep(self, layer: _Layer) -> None:
        if layer.lots > 0:
            self._live[layer.placed.order] = layer
        else:
            self._live.pop(layer.placed.order, None)

    def _forget(self, before: datetime) -> None:
        while self._live:
            order = next(iter(self._live))
            if self._live[order].placed.at >= before:
                return
            del self._live[order]

    def _forget_of(self, group: UUID, *, before: datetime) -> None:
        gone, fills = self._gone.get(group), self._fills.get(group)
        while gone and gone[0].withdrawn_at < before:
            gone.popleft()
        while fills and fills[0].at < before:
            fills.popleft()
