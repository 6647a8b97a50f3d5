"""Books, and the orders and trades the writer made of their logs."""

import uuid

from django.db import models

from wallet.carriers.models import Carrier
from wallet.convert.models import DataDelivery
from wallet.holders.models import Holder, Number


class Book(models.Model):
    """A carrier's data of one month, traded in lots at whole coins per lot.

    `cursor` is the number of the last event the writer booked; lease and epoch fence writers. No
    event with an id below `waits_from` waits, or ever will.
    Closed in phase, it takes no order; `closed_at` says when its last open order was given back.
    Like its other terms, the hours of its phases are those of policy when it opened.
    """

    class Phase(models.TextChoices):
        CALL = "call"
        CONTINUOUS = "continuous"
        HALT = "halt"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    month = models.DateField()
    phase = models.CharField(max_length=12, choices=Phase, default=Phase.CONTINUOUS)
    lot_mb = models.PositiveIntegerField()
    tick_coins = models.PositiveIntegerField(default=1)
    price_min = models.PositiveIntegerField()
    price_max = models.PositiveIntegerField()
    maker_bp = models.PositiveIntegerField()
    taker_bp = models.PositiveIntegerField()
    seller_coins_per_lot = models.PositiveIntegerField(default=0)
    self_trade = models.CharField(max_length=12, default="cancel_taker")
    cursor = models.BigIntegerField(default=0)
    waits_from = models.BigIntegerField(default=0, db_default=0)
    trades = models.BigIntegerField(default=0)
    epoch = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    # Until the first, orders of the opening call gather; from the second on, those of the last.
    opens_at = models.DateTimeField()
    closing_call_at = models.DateTimeField()
    uncross_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("carrier", "month"), name="book_once"),
            models.CheckConstraint(
                condition=models.Q(price_min__gte=1, price_max__gte=models.F("price_min")),
                name="book_price_band",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    closing_call_at__gt=models.F("opens_at"),
                    uncross_at__gt=models.F("closing_call_at"),
                ),
                name="book_phases_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.carrier_id} {self.month:%Y-%m}"


SOUND = models.Func(
    *("lots", "price_coins", "open_lots", "filled_lots", "aside_amount"),
    *("maker_bp", "taker_bp", "seller_coins_per_lot"),
    *("side", "number", "deliver_at_once", "deliver_to"),
    function="public.exchange_order_is_sound_v1",
    output_field=models.BooleanField(),
)


class Order(models.Model):
    """An order and what is left of it; its goods or coins lie in `order/<id>`.

    Fee rates are frozen at acceptance. `number` is the seller's line, for a buyer it is empty.
    A market order's price is its guard. No two orders of one `group` trade with each other.
    `fee_coin_bp` is the exact sum of coins × basis points over what a buyer bought so far.
    `aside_amount` (a buy's coins, a sell's MB) lies with the order beyond what its open lots
    need, until the log's next event about it says where that goes.
    """

    class Kind(models.TextChoices):
        LIMIT = "limit"
        MARKET = "market"

    class Side(models.TextChoices):
        BUY = "B"
        SELL = "S"

    class State(models.TextChoices):
        ACCEPTED = "accepted"
        OPEN = "open"
        FILLED = "filled"
        CANCELLED = "cancelled"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True)
    # No constraint in the database: its check would lock the book's row at every acceptance.
    # No index where a longer one begins so: the writer moves every order through all of them.
    book = models.ForeignKey(
        Book, models.PROTECT, related_name="orders", db_constraint=False, db_index=False
    )
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="orders", db_index=False)
    number = models.ForeignKey(
        Number, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    package = models.CharField(max_length=32, blank=True)
    # Where a buyer's data goes: chosen, or found when the last call asks for it.
    deliver_to = models.ForeignKey(
        Number, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    deliver_at_once = models.BooleanField(default=False)
    group = models.UUIDField()
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.LIMIT)
    side = models.CharField(max_length=1, choices=Side)
    price_coins = models.IntegerField()
    lots = models.IntegerField()
    open_lots = models.IntegerField()
    filled_lots = models.IntegerField(default=0)
    fee_coin_bp = models.BigIntegerField(default=0)
    aside_amount = models.BigIntegerField(default=0)
    time_in_force = models.CharField(max_length=4, default="GTC")
    maker_bp = models.IntegerField()
    taker_bp = models.IntegerField()
    seller_coins_per_lot = models.IntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.ACCEPTED)
    reason = models.CharField(max_length=24, blank=True)
    placed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # The event that gave the order its place in the queue; set by the writer.
    priority = models.BigIntegerField(null=True, blank=True)
    # What its number offered at most when this order or its replacement was accepted, with it. The
    # greatest of a number's orders in a book bounds what they offer; empty, nobody counted.
    offered_mb_max = models.BigIntegerField(null=True, blank=True, editable=False)
    # Said by the database of the state, and alone in the index of what rests in a book: an order
    # that never rests changes in its place.
    rests = models.GeneratedField(
        expression=models.ExpressionWrapper(
            models.Q(state="open"), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        constraints = (
            # All that holds for an order's columns, said once in the database: it reads and prepares
            # the text of each CHECK for each statement.
            models.CheckConstraint(condition=SOUND, name="order_is_sound"),
        )
        indexes = (
            models.Index(fields=("holder", "-placed_at"), name="order_placed"),
            models.Index(fields=("book",), name="order_resting", condition=models.Q(rests=True)),
            models.Index(
                fields=("number", "book", "offered_mb_max"),
                name="order_of_number",
                condition=models.Q(number__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class Trade(models.Model):
    """Lots that changed hands at the resting order's price; its id is its posting's.

    Fee covers are whole coins, each rounded up; the month's close returns what is over.
    Busted, it counts for nothing: two persons had it reversed.
    """

    id = models.UUIDField(primary_key=True)
    # No constraints in the database: only the writer writes trades, of a book and of orders that it
    # moves in the same transaction, and no order can go while its event stands.
    book = models.ForeignKey(
        Book, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.BigIntegerField()
    event_number = models.BigIntegerField()
    buy = models.ForeignKey(
        Order, models.PROTECT, related_name="bought", db_constraint=False, db_index=False
    )
    sell = models.ForeignKey(
        Order, models.PROTECT, related_name="sold", db_constraint=False, db_index=False
    )
    # Whose order came in; empty at an uncross, where both pay the maker's rate.
    taker = models.CharField(max_length=1, choices=Order.Side, blank=True)
    price_coins = models.PositiveIntegerField()
    lots = models.PositiveIntegerField()
    buyer_bp = models.PositiveIntegerField()
    seller_bp = models.PositiveIntegerField()
    buyer_cover_coins = models.BigIntegerField()
    traded_at = models.DateTimeField()
    # Under way to the buyer's number since the trade itself, where that was asked for.
    delivery = models.ForeignKey(
        DataDelivery, models.PROTECT, null=True, blank=True, related_name="trades", db_index=False
    )
    busted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("book", "number"), name="trade_number_once"),
            models.CheckConstraint(condition=models.Q(lots__gt=0), name="trade_lots_positive"),
        )
        indexes = (
            models.Index(fields=("buy",), name="trade_of_buy"),
            models.Index(fields=("sell",), name="trade_of_sell"),
            models.Index(
                fields=("delivery",),
                name="trade_of_delivery",
                condition=models.Q(delivery__isnull=False),
            ),
            models.Index(
                fields=("book", "number"),
                name="trade_busted",
                condition=models.Q(busted_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.lots} x {self.price_coins}"
