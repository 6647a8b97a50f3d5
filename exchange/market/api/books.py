"""JSON: this month's books, their depth and last trades; what waits for the close."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exchange.market.api.data import DepthSerializer
from exchange.market.api.shapes import OfferSerializer, UnsettledSerializer
from exchange.market.queries import offers_at, snapshot_of, unsettled_of
from exchange.orders.queries import book_of
from wallet.holders.queries import holder_of
from wallet.holders.rules import uuid_in

BOOK_PARAMETER = OpenApiParameter("book", str, OpenApiParameter.PATH)


class Books(APIView):
    """This month's books."""

    @extend_schema(operation_id="books", responses=OfferSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return every book with its best prices."""
        offers = [
            {
                "book": offer.book,
                "best_bid_coins": _best(offer.snapshot.bids),
                "best_ask_coins": _best(offer.snapshot.asks),
                "snapshot": offer.snapshot,
            }
            for offer in offers_at(timezone.now())
        ]
        return Response(OfferSerializer(offers, many=True).data)


class Depth(APIView):
    """What a book shows."""

    @extend_schema(operation_id="depth", responses=DepthSerializer, parameters=[BOOK_PARAMETER])
    def get(self, request: Request, book: str) -> Response:
        """Return both sides of a book and its last trades."""
        found = book_of(uuid_in("bok", book))
        return Response(DepthSerializer(snapshot_of(found, now=timezone.now())).data)


def _best(levels: Any) -> int | None:
    return levels[0].price_coins if levels else None


class MyUnsettled(APIView):
    """What my trades left for the months' closes."""

    @extend_schema(operation_id="unsettled", responses=UnsettledSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return proceeds and fee cover by month."""
        unsettled = unsettled_of(holder_of(request.user))
        return Response(UnsettledSerializer(unsettled, many=True).data)
