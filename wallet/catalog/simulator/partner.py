"""What a simulated partner does with orders: points move, references are remembered."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Final

from wallet.carriers.simulator.carrier import Order, SimulatedCarrier
from wallet.carriers.simulator.faults import Faults
from wallet.carriers.simulator.refusals import Refused
from wallet.carriers.simulator.state import State
from wallet.catalog.adaptors.wire import COLLECTION, DELIVERY, RETURN
from wallet.catalog.simulator.goods import SHELF, Goods

POINTS_AT_FIRST: Final = 1_000
_OPEN_MEMBER: Final = (
    "INSERT OR IGNORE INTO bucket VALUES (?, '', 'points', 'points', '', ?, 0, 0, '')"
)
_MOVE_POINTS: Final = (
    "UPDATE bucket SET adjusted_mb = adjusted_mb + ? WHERE msisdn = ? AND month = ''"
)
_MEMBER: Final = "SELECT allowance_mb + adjusted_mb AS points FROM bucket WHERE msisdn = ?"


class SimulatedPartner(SimulatedCarrier):
    """One partner's shop; every number is a member with some points to begin with."""

    signs: ClassVar = {DELIVERY: 1, COLLECTION: -1, RETURN: 1}

    def __init__(
        self, *, code: str, state: State, faults: Faults, sold_out: Collection[str] = ()
    ) -> None:
        """Serve from a state, doing wrong what is asked for."""
        super().__init__(code=code, state=state, faults=faults)
        self._sold_out = frozenset(sold_out)

    def points_of(self, *, msisdn: str) -> int:
        """Return a member's points."""
        row = self.state.one(_MEMBER, msisdn)
        return POINTS_AT_FIRST if row is None else int(row["points"])

    def _check(self, *, order: Order, now: datetime) -> None:
        goods = SHELF.get(order.product)
        if goods is None or goods.gives_coins != (order.type != DELIVERY):
            raise Refused("no_such_offering")
        if order.type == DELIVERY and self._faults.does_not_sell:
            raise Refused("does_not_sell")
        if order.product in self._sold_out:
            raise Refused("out_of_stock")
        if self.points_of(msisdn=order.msisdn) + self._points(order=order, goods=goods) < 0:
            raise Refused("points_short")

    def _move(self, *, order: Order, now: datetime) -> None:
        points = self._points(order=order, goods=SHELF[order.product])
        if points:
            self.state.write(_OPEN_MEMBER, order.msisdn, POINTS_AT_FIRST)
            self.state.write(_MOVE_POINTS, points, order.msisdn)

    def _points(self, *, order: Order, goods: Goods) -> int:
        return self.signs[order.type] * order.mb * goods.points
