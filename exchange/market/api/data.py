"""The JSON of market data: depth, trades, candles, the last day."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exchange.market.models import Candle
from exchange.market.rules import SIDE_NAMES, Quote, Snapshot
from exchange.orders.models import Book
from exchange.orders.operations import LOTS_MAX
from wallet.holders.rules import opaque_id


class LevelSerializer(serializers.Serializer[Any]):
    """One price of one side."""

    price_coins = serializers.IntegerField()
    lots = serializers.IntegerField()
    orders = serializers.IntegerField()


class LastTradeSerializer(serializers.Serializer[Any]):
    """A trade as everybody may see it."""

    number = serializers.IntegerField()
    price_coins = serializers.IntegerField()
    lots = serializers.IntegerField()
    taker = serializers.SerializerMethodField()
    traded_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(choices=("buy", "sell", "")))
    def get_taker(self, trade: Any) -> str:
        """Return whose order came in; nobody's at an uncross."""
        return SIDE_NAMES[trade.taker]


class IndicativeSerializer(serializers.Serializer[Any]):
    """What an uncross would do now: its price, its volume, and what would be left (lots).

    The imbalance is what is bid for at that price beyond what is offered.
    """

    price_coins = serializers.IntegerField(source="price")
    lots = serializers.IntegerField(source="volume")
    imbalance_lots = serializers.IntegerField(source="imbalance")


class DepthSerializer(serializers.Serializer[Snapshot]):
    """A book after the event of this number: best prices first, newest trades first.

    During a call, and only then, it tells what an uncross would do.
    """

    sequence = serializers.IntegerField()
    phase = serializers.ChoiceField(choices=Book.Phase.choices)
    indicative = IndicativeSerializer(allow_null=True)
    bids = LevelSerializer(many=True)
    asks = LevelSerializer(many=True)
    trades = LastTradeSerializer(many=True)


class TickerSerializer(serializers.Serializer[Any]):
    """The last 24 hours, to the minute: coins per lot, lots, coins paid.

    The last price is that of the last trade, however long ago; null without one.
    """

    last_coins = serializers.IntegerField(allow_null=True)
    change_coins = serializers.IntegerField(allow_null=True)
    open_coins = serializers.IntegerField(allow_null=True)
    high_coins = serializers.IntegerField(allow_null=True)
    low_coins = serializers.IntegerField(allow_null=True)
    lots = serializers.IntegerField()
    turnover_coins = serializers.IntegerField()
    trades = serializers.IntegerField()


class ShownCandleSerializer(serializers.Serializer[Any]):
    """The trades of a span, in short: coins per lot, and lots."""

    starts_at = serializers.DateTimeField()
    open_coins = serializers.IntegerField()
    high_coins = serializers.IntegerField()
    low_coins = serializers.IntegerField()
    close_coins = serializers.IntegerField()
    lots = serializers.IntegerField()


class CandleSerializer(ShownCandleSerializer):
    """The trades of a span: coins per lot, lots, coins paid, how many; the last still grows."""

    span = serializers.ChoiceField(choices=Candle.Span.choices)
    turnover_coins = serializers.IntegerField()
    trades = serializers.IntegerField()


class SnapshotSerializer(DepthSerializer):
    """All that a book shows: depth, the last trades, the last day, the last candles of the hour.

    The live stream sends the same, whole each time, with a version that grows.
    """

    book = serializers.SerializerMethodField()
    at = serializers.DateTimeField()
    lot_mb = serializers.IntegerField()
    opens_at = serializers.DateTimeField()
    closing_call_at = serializers.DateTimeField()
    uncross_at = serializers.DateTimeField()
    ticker = TickerSerializer()
    candles = ShownCandleSerializer(many=True)

    def get_book(self, snapshot: Snapshot) -> str:
        """Return the book's opaque id."""
        return opaque_id("bok", self.context["book"])


class AskedQuoteSerializer(serializers.Serializer[Any]):
    """How many lots somebody would buy or sell."""

    lots = serializers.IntegerField(min_value=1, max_value=LOTS_MAX, default=1)


class QuoteSerializer(serializers.Serializer[Quote]):
    """How many of the lots find their price now, for how many coins, the worst price of them."""

    lots = serializers.IntegerField()
    found_lots = serializers.IntegerField()
    total_coins = serializers.IntegerField()
    worst_coins = serializers.IntegerField(allow_null=True)


class QuotesSerializer(serializers.Serializer[Any]):
    """What lots would cost a buyer now, and what they would bring a seller."""

    buy = QuoteSerializer()
    sell = QuoteSerializer()


class LiveSerializer(serializers.Serializer[Any]):
    """An address of server-sent events, and until when it is good."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()
