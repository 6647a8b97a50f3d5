"""JSON: what a book shows now in one answer, its last day, its trades and candles to the first."""

from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exchange.market.api.books import BOOK_PARAMETER
from exchange.market.api.data import (
    AskedQuoteSerializer,
    CandleSerializer,
    LastTradeSerializer,
    LiveSerializer,
    QuotesSerializer,
    SnapshotSerializer,
    TickerSerializer,
)
from exchange.market.live.tickets import (
    JSON_FORM,
    OWN_SECONDS,
    TICKET_SECONDS,
    Ticket,
    live_address,
)
from exchange.market.models import Candle
from exchange.market.queries import candles_of, snapshot_of, trades_of_book
from exchange.market.rules import quote_of
from exchange.orders.models import Book, Trade
from exchange.orders.queries import book_of
from wallet.holders.api import NewestFirst
from wallet.holders.queries import holder_of
from wallet.holders.rules import uuid_in

LOTS_PARAMETER = OpenApiParameter(
    "lots", int, OpenApiParameter.QUERY, description="How many lots; one unless told."
)
SPAN_PARAMETER = OpenApiParameter(
    "span",
    str,
    OpenApiParameter.QUERY,
    enum=Candle.Span.values,
    description="How long a candle lasts; an hour unless told. Days are those of Asia/Shanghai.",
)


class WholeSnapshot(APIView):
    """All that a book shows."""

    @extend_schema(
        operation_id="snapshot", responses=SnapshotSerializer, parameters=[BOOK_PARAMETER]
    )
    def get(self, request: Request, book: str) -> Response:
        """Return all that a book shows, as the live stream sends it."""
        found = book_of(uuid_in("bok", book))
        shown = snapshot_of(found, now=timezone.now())
        return Response(SnapshotSerializer(shown, context={"book": found.pk}).data)


class LastDay(APIView):
    """A book's last 24 hours."""

    @extend_schema(operation_id="ticker", responses=TickerSerializer, parameters=[BOOK_PARAMETER])
    def get(self, request: Request, book: str) -> Response:
        """Return the figures of a book's last 24 hours."""
        found = book_of(uuid_in("bok", book))
        return Response(TickerSerializer(snapshot_of(found, now=timezone.now()).ticker).data)


class QuotedLots(APIView):
    """What some lots would cost or bring now."""

    @extend_schema(
        operation_id="quote",
        responses=QuotesSerializer,
        parameters=[BOOK_PARAMETER, LOTS_PARAMETER],
    )
    def get(self, request: Request, book: str) -> Response:
        """Return what so many lots would cost or bring now, without fees."""
        found, asked = book_of(uuid_in("bok", book)), AskedQuoteSerializer(data=request.GET)
        asked.is_valid(raise_exception=True)
        shown = snapshot_of(found, now=timezone.now())
        lots = asked.validated_data["lots"]
        quotes = {"buy": quote_of(shown.asks, lots=lots), "sell": quote_of(shown.bids, lots=lots)}
        return Response(QuotesSerializer(quotes).data)


class LiveStream(APIView):
    """Where a book's snapshots come live."""

    @extend_schema(operation_id="live", responses=LiveSerializer, parameters=[BOOK_PARAMETER])
    def get(self, request: Request, book: str) -> Response:
        """Return an address of server-sent events, good for twelve hours.

        An event `picture` is a whole snapshot with a version that grows, so a lost one needs no
        repair; an event `stale` says that nothing is live until the next picture.
        """
        holder, found = holder_of(request.user), book_of(uuid_in("bok", book))
        ticket = Ticket(books=(found.pk,), holder_id=holder.pk, form=JSON_FORM)
        url = urljoin(settings.PUBLIC_URL, live_address(ticket))
        ends = timezone.now() + timedelta(seconds=TICKET_SECONDS)
        return Response(LiveSerializer({"url": url, "expires_at": ends}).data)


class OwnStream(APIView):
    """Where what becomes of my orders comes live."""

    @extend_schema(operation_id="orders_live", responses=LiveSerializer)
    def get(self, request: Request) -> Response:
        """Return an address of server-sent events about my orders, good for ten minutes.

        An event `orders` names orders of mine that changed, as they are then: `id`, `book`,
        `state`, `open_lots`, `filled_lots`. With `null` any may have changed: ask for them. Events
        are numbered; a new address goes on behind one with `?last-event-id=`. An event `stale`
        says that nothing is live until the next `orders`.
        """
        ends = timezone.now() + timedelta(seconds=OWN_SECONDS)
        ticket = Ticket(
            books=(),
            holder_id=holder_of(request.user).pk,
            form=JSON_FORM,
            own_until=int(ends.timestamp()),
        )
        url = urljoin(settings.PUBLIC_URL, live_address(ticket))
        return Response(LiveSerializer({"url": url, "expires_at": ends}).data)


class NewestNumbers(NewestFirst):
    """Trades by their numbers, newest first."""

    ordering = ("-number",)


class BookTrades(generics.ListAPIView[Trade]):
    """A book's trades."""

    serializer_class = LastTradeSerializer
    pagination_class = NewestNumbers

    def get_queryset(self) -> QuerySet[Trade]:
        """Return the trades of the book that the path names."""
        if getattr(self, "swagger_fake_view", False):
            return Trade.objects.none()
        return trades_of_book(_book(self.kwargs))

    @extend_schema(operation_id="book_trades", parameters=[BOOK_PARAMETER])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a book's trades, newest first; one that was undone is not among them."""
        return super().get(request, *args, **kwargs)


class NewestSpans(NewestFirst):
    """Candles newest first."""

    ordering = ("-starts_at",)


class BookCandles(generics.ListAPIView[Candle]):
    """A book's candles."""

    serializer_class = CandleSerializer
    pagination_class = NewestSpans

    def get_queryset(self) -> QuerySet[Candle]:
        """Return the candles of the book and the span that the address names.

        Raises:
            ValidationError: there is no such span.
        """
        if getattr(self, "swagger_fake_view", False):
            return Candle.objects.none()
        span = self.request.GET.get("span", Candle.Span.HOUR)
        if span not in Candle.Span.values:
            raise serializers.ValidationError(
                {"span": [f"One of {', '.join(Candle.Span.values)}."]}
            )
        return candles_of(_book(self.kwargs), span=span)

    @extend_schema(operation_id="candles", parameters=[BOOK_PARAMETER, SPAN_PARAMETER])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a book's candles, newest first; a span without a trade has none."""
        return super().get(request, *args, **kwargs)


def _book(places: dict[str, Any]) -> Book:
    return book_of(uuid_in("bok", places["book"]))
