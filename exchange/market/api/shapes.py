"""The JSON of books, orders and trades."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exchange.market.rules import SIDE_NAMES
from exchange.orders.models import Book, Order, Trade
from exchange.orders.operations import LOTS_MAX, TIMES_IN_FORCE
from ledger.rules import month_name
from wallet.holders.api import SwitchField, TextField, WholeField
from wallet.holders.rules import opaque_id

SIDES = {"buy": Order.Side.BUY, "sell": Order.Side.SELL}


class BookSerializer(serializers.Serializer[Book]):
    """A carrier's data of a month, in lots at whole coins per lot."""

    id = serializers.SerializerMethodField()
    carrier = serializers.CharField(source="carrier_id")
    month = serializers.SerializerMethodField()
    phase = serializers.CharField()
    lot_mb = serializers.IntegerField()
    tick_coins = serializers.IntegerField()
    price_min = serializers.IntegerField()
    price_max = serializers.IntegerField()
    maker_bp = serializers.IntegerField()
    taker_bp = serializers.IntegerField()
    seller_coins_per_lot = serializers.IntegerField()
    opens_at = serializers.DateTimeField()
    closing_call_at = serializers.DateTimeField()
    uncross_at = serializers.DateTimeField()

    def get_id(self, book: Book) -> str:
        """Return the opaque id."""
        return opaque_id("bok", book.pk)

    def get_month(self, book: Book) -> str:
        """Return the month."""
        return month_name(book.month)


class OfferSerializer(serializers.Serializer[Any]):
    """A book and its best prices."""

    book = BookSerializer()
    best_bid_coins = serializers.IntegerField(allow_null=True)
    best_ask_coins = serializers.IntegerField(allow_null=True)
    last_price_coins = serializers.IntegerField(allow_null=True, source="snapshot.last_price_coins")


class TermsSerializer(serializers.Serializer[Any]):
    """Terms that are taken as a whole: a name we do not know may be what matters most to somebody.

    An order with a misspelt `time_in_force` would otherwise stay in the book till the month ends.
    """

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what no term is called."""
        strange = sorted(set(data) - set(self.fields)) if isinstance(data, Mapping) else []
        if strange:
            raise serializers.ValidationError(dict.fromkeys(strange, "There is no such term."))
        return super().to_internal_value(data)


class NewOrderSerializer(TermsSerializer):
    """An order; a sell names the number and package whose deposited data it offers.

    A market order's price is its guard: the worst price it takes. It is IOC unless it is FOK; a
    limit order is GTC unless told. A buy may name the number its data goes to, as soon as it is
    bought or when asked for. The Idempotency-Key is your name for the order.
    """

    book = TextField(max_length=64)
    kind = serializers.ChoiceField(choices=Order.Kind.choices)
    side = serializers.ChoiceField(choices=tuple(SIDES))
    price_coins = WholeField(min_value=1, max_value=2**31 - 1)
    lots = WholeField(min_value=1, max_value=LOTS_MAX)
    time_in_force = serializers.ChoiceField(choices=TIMES_IN_FORCE, required=False)
    number = TextField(required=False, max_length=64)
    package = TextField(required=False, max_length=32)
    deliver_at_once = SwitchField(default=False)


class ReplacementSerializer(TermsSerializer):
    """What an order is to be: its price, and how many lots are to stay open.

    What trades before the replacement's turn comes is taken off the lots.
    """

    price_coins = WholeField(min_value=1, max_value=2**31 - 1)
    lots = WholeField(min_value=1, max_value=LOTS_MAX)


class CancelledAllSerializer(serializers.Serializer[Any]):
    """The books in whose logs the wish stands."""

    books = serializers.ListField(child=serializers.CharField())


class OrderSerializer(serializers.Serializer[Order]):
    """An order of mine and what became of it."""

    id = serializers.SerializerMethodField()
    book = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=Order.Kind.choices)
    side = serializers.SerializerMethodField()
    price_coins = serializers.IntegerField()
    lots = serializers.IntegerField()
    open_lots = serializers.IntegerField()
    filled_lots = serializers.IntegerField()
    time_in_force = serializers.CharField()
    number = serializers.SerializerMethodField()
    package = serializers.CharField()
    deliver_at_once = serializers.BooleanField()
    state = serializers.ChoiceField(choices=Order.State.choices)
    reason = serializers.CharField()
    placed_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, order: Order) -> str:
        """Return the opaque id."""
        return opaque_id("ord", order.pk)

    def get_book(self, order: Order) -> str:
        """Return the book's opaque id."""
        return opaque_id("bok", order.book_id)

    @extend_schema_field(serializers.ChoiceField(choices=tuple(SIDES)))
    def get_side(self, order: Order) -> str:
        """Return the side in words."""
        return SIDE_NAMES[order.side]

    def get_number(self, order: Order) -> str | None:
        """Return whose data a sell offers, or where a buy's data goes."""
        number = order.number_id or order.deliver_to_id
        return opaque_id("num", number) if number else None


class OrderTradeSerializer(serializers.Serializer[Trade]):
    """A trade of an order of mine."""

    id = serializers.SerializerMethodField()
    price_coins = serializers.IntegerField()
    lots = serializers.IntegerField()
    traded_at = serializers.DateTimeField()
    delivery = serializers.SerializerMethodField()
    busted_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, trade: Trade) -> str:
        """Return the opaque id."""
        return opaque_id("trd", trade.pk)

    def get_delivery(self, trade: Trade) -> str | None:
        """Return what brings the data to the buyer's number, told to the buyer alone."""
        is_mine = trade.buy_id == self.context.get("order")
        return opaque_id("dlv", trade.delivery_id) if trade.delivery_id and is_mine else None


class UnsettledSerializer(serializers.Serializer[Any]):
    """What waits for a month's close."""

    month = serializers.CharField()
    proceeds_coins = serializers.IntegerField()
    cover_coins = serializers.IntegerField()
