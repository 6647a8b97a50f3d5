"""A matcher slow enough to be obviously right, to compare the fast one with.

It knows no price levels and keeps nothing sorted: before each trade it looks through
every resting order for the next in price-time order. It prints its reports as the
replay does, so that the comparison goes through the log's reader and the printer too.
"""

from dataclasses import dataclass, field

HEADER = "seq,report,order_id,counter_id,side,price,quantity,remaining,reason"


@dataclass(frozen=True)
class Line:
    """A line of an order log; "" or None is an empty cell."""

    command: str
    order_id: str = ""
    side: str = ""
    price: int | None = None
    quantity: int | None = None
    time_in_force: str = ""
    group: str = ""
    phase: str = ""

    def cells(self, seq: int) -> str:
        values = (
            seq,
            self.command,
            self.order_id,
            self.side,
            self.price,
            self.quantity,
            self.time_in_force,
            self.group,
            self.phase,
        )
        return ",".join("" if value is None else str(value) for value in values)


@dataclass
class Resting:
    order_id: str
    side: str
    price: int | None
    quantity: int
    group: str
    arrived: int = 0


@dataclass
class Naive:
    stp: str = "none"
    reference: int | None = None
    phase: str = "continuous"
    seq: int = 0
    clock: int = 0
    book: list[Resting] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)

    def obey(self, line: Line) -> None:
        self.seq += 1
        if line.command == "NEW":
            self.new(line)
        elif line.command == "CANCEL":
            self.cancel(line)
        elif line.command == "REPLACE":
            self.replace(line)
        elif line.command == "PHASE":
            self.phase = line.phase
        else:
            self.uncross()

    def say(
        self,
        report: str,
        order_id: str = "",
        *,
        counter: str = "",
        side: str = "",
        price: object = "",
        quantity: object = "",
        remaining: object = "",
        reason: str = "",
    ) -> None:
        price = "" if price is None else price
        cells = (self.seq, report, order_id, counter, side, price, quantity, remaining, reason)
        self.printed.append(",".join(map(str, cells)))

    def find(self, order_id: str) -> Resting | None:
        return next((order for order in self.book if order.order_id == order_id), None)

    def queue(self, side: str) -> list[Resting]:
        """List one side's orders in price-time order."""
        sign = -1 if side == "B" else 1
        own = [order for order in self.book if order.side == side]
        return sorted(own, key=lambda order: (sign * (order.price or 0), order.arrived))

    def meets(self, order: Resting) -> list[Resting]:
        """List the other side's orders an order's price reaches, in price-time order."""
        if order.side == "B":
            return [
                maker
                for maker in self.queue("S")
                if order.price is None or (maker.price or 0) <= order.price
            ]
        return [
            maker
            for maker in self.queue("B")
            if order.price is None or (maker.price or 0) >= order.price
        ]

    def is_kept_apart(self, order: Resting, maker: Resting) -> bool:
        return self.stp != "none" and order.group != "" and order.group == maker.group

    def fillable(self, order: Resting) -> int:
        lots = 0
        for maker in self.meets(order):
            if not self.is_kept_apart(order, maker):
                lots += maker.quantity
            elif self.stp != "cancel_maker":
                break
        return lots

    def why_not(self, line: Line, order: Resting) -> str:  # noqa: PLR0911  one reason a line
        if self.phase in ("halt", "closed"):
            return "phase"
        if self.phase == "call" and line.time_in_force in ("IOC", "FOK"):
            return "phase"
        if self.find(line.order_id):
            return "duplicate_order"
        if order.quantity <= 0:
            return "bad_quantity"
        if line.price is None and (self.phase == "call" or line.time_in_force == "POST"):
            return "bad_price"
        if line.price is not None and line.price <= 0:
            return "bad_price"
        if self.phase == "continuous":
            if line.time_in_force == "POST" and self.meets(order):
                return "post_would_trade"
            if line.time_in_force == "FOK" and self.fillable(order) < order.quantity:
                return "fok_unfilled"
        return ""

    def new(self, line: Line) -> None:
        order = Resting(line.order_id, line.side, line.price, line.quantity or 0, line.group)
        if reason := self.why_not(line, order):
            self.say("REJECTED", line.order_id, reason=reason)
            return
        self.say(
            "ACCEPTED",
            line.order_id,
            side=line.side,
            price=line.price,
            quantity=order.quantity,
            remaining=order.quantity,
        )
        if self.phase == "continuous":
            self.take(order)
        if order.quantity and order.price is None:
            self.drop(order, "market")
        elif order.quantity and line.time_in_force == "IOC":
            self.drop(order, "ioc")
        elif order.quantity:
            self.rest(order)

    def rest(self, order: Resting) -> None:
        self.clock += 1
        order.arrived = self.clock
        self.book.append(order)

    def drop(self, order: Resting, reason: str) -> None:
        self.say(
            "CANCELLED",
            order.order_id,
            side=order.side,
            price=order.price,
            quantity=order.quantity,
            remaining=0,
            reason=reason,
        )
        order.quantity = 0
        self.book = [other for other in self.book if other is not order]

    def take(self, order: Resting) -> None:
        while order.quantity and (makers := self.meets(order)):
            maker = makers[0]
            if not self.is_kept_apart(order, maker):
                self.trade(order, maker, price=maker.price, most=order.quantity)
                continue
            if self.stp in ("cancel_maker", "cancel_both"):
                self.drop(maker, "self_trade")
            if self.stp in ("cancel_taker", "cancel_both"):
                self.drop(order, "self_trade")

    def trade(self, order: Resting, counter: Resting, *, price: int | None, most: int) -> int:
        lots = min(most, order.quantity, counter.quantity)
        order.quantity -= lots
        counter.quantity -= lots
        self.book = [other for other in self.book if other.quantity]
        self.say(
            "TRADE",
            order.order_id,
            counter=counter.order_id,
            side=order.side,
            price=price,
            quantity=lots,
            remaining=order.quantity,
        )
        return lots

    def cancel(self, line: Line) -> None:
        order = self.find(line.order_id)
        if order is None:
            self.say("REJECTED", line.order_id, reason="unknown_order")
        else:
            self.drop(order, "user")

    def replace(self, line: Line) -> None:
        order = self.find(line.order_id)
        price, quantity = line.price or 0, line.quantity or 0
        if self.phase in ("halt", "closed"):
            self.say("REJECTED", line.order_id, reason="phase")
        elif order is None:
            self.say("REJECTED", line.order_id, reason="unknown_order")
        elif quantity <= 0:
            self.say("REJECTED", line.order_id, reason="bad_quantity")
        elif price <= 0:
            self.say("REJECTED", line.order_id, reason="bad_price")
        else:
            self.say(
                "REPLACED",
                line.order_id,
                side=order.side,
                price=price,
                quantity=quantity,
                remaining=quantity,
            )
            stays = price == order.price and quantity < order.quantity
            order.price, order.quantity = price, quantity
            if not stays:
                self.book.remove(order)
                if self.phase == "continuous":
                    self.take(order)
                if order.quantity:
                    self.rest(order)

    def uncross(self) -> None:
        if self.phase in ("halt", "closed"):
            self.say("REJECTED", reason="phase")
            return
        price, volume = self.clearing()
        if not volume:
            self.say("UNCROSSED")
            return
        self.say("UNCROSSED", price=price, quantity=volume)
        while volume:
            volume -= self.trade(self.queue("B")[0], self.queue("S")[0], price=price, most=volume)

    def clearing(self) -> tuple[int, int]:
        """Weigh every price at which an order rests; a volume of 0 is no cross."""
        prices = sorted({order.price or 0 for order in self.book})
        weighed = []
        for price in prices:
            buys = sum(o.quantity for o in self.book if o.side == "B" and (o.price or 0) >= price)
            sells = sum(o.quantity for o in self.book if o.side == "S" and (o.price or 0) <= price)
            weighed.append((price, min(buys, sells), buys - sells))
        volume = max((each[1] for each in weighed), default=0)
        weighed = [each for each in weighed if each[1] == volume]
        least = min((abs(each[2]) for each in weighed), default=0)
        tied = [each for each in weighed if abs(each[2]) == least]
        if not volume:
            return 0, 0
        lowest, highest = tied[0][0], tied[-1][0]
        if all(surplus > 0 for _, _, surplus in tied):
            return highest, volume
        if all(surplus < 0 for _, _, surplus in tied):
            return lowest, volume
        aim = (lowest + highest) // 2 if self.reference is None else self.reference
        return min(range(lowest, highest + 1), key=lambda tick: abs(tick - aim)), volume

    def book_lines(self) -> list[str]:
        lines = []
        for side in ("B", "S"):
            for price in dict.fromkeys(order.price for order in self.queue(side)):
                there = [order.quantity for order in self.queue(side) if order.price == price]
                lines.append(f",BOOK,,,{side},{price},{sum(there)},{len(there)},")
        return lines
