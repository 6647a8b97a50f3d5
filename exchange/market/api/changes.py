"""JSON: orders cancelled, one or all, and replaced."""

from datetime import datetime
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exchange.market.api.books import BOOK_PARAMETER
from exchange.market.api.orders import ORDER_PARAMETER, one_of
from exchange.market.api.shapes import (
    CancelledAllSerializer,
    OrderSerializer,
    ReplacementSerializer,
)
from exchange.matching.tasks import run_writer
from exchange.orders.models import Event
from exchange.orders.operations import cancel_order, cancel_orders, replace_order
from exchange.orders.queries import book_of
from wallet.carriers.tasks import nudge
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id, uuid_in


class CancelledOrder(APIView):
    """The end of an order of mine."""

    @extend_schema(
        operation_id="cancel_order",
        request=None,
        responses={202: OrderSerializer},
        parameters=[KEY_PARAMETER, ORDER_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, order: str, holder: Holder, key: UUID, now: datetime
    ) -> Response:
        """Ask for the end of an order; what is left of it comes back when its turn comes."""
        found = cancel_order(holder=holder, order=one_of(holder, order), key=key, now=now)
        nudge(run_writer, book=str(found.book_id))
        return Response(OrderSerializer(found).data, status=202)


class CancelledOrders(APIView):
    """The end of all my orders."""

    @extend_schema(
        operation_id="cancel_orders",
        request=None,
        responses={202: CancelledAllSerializer},
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Ask for the end of all my orders; what is placed later stays."""
        return _asked(cancel_orders(holder=holder, key=key, now=now))


class CancelledOrdersOfBook(APIView):
    """The end of all my orders in a book."""

    @extend_schema(
        operation_id="cancel_orders_of_book",
        request=None,
        responses={202: CancelledAllSerializer},
        parameters=[KEY_PARAMETER, BOOK_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, book: str, holder: Holder, key: UUID, now: datetime
    ) -> Response:
        """Ask for the end of all my orders in a book; what is placed later stays."""
        found = book_of(uuid_in("bok", book))
        return _asked(cancel_orders(holder=holder, book=found, key=key, now=now))


class ReplacedOrder(APIView):
    """Another price or size of an order of mine."""

    @extend_schema(
        operation_id="replace_order",
        request=ReplacementSerializer,
        responses={202: OrderSerializer},
        parameters=[KEY_PARAMETER, ORDER_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, order: str, holder: Holder, key: UUID, now: datetime
    ) -> Response:
        """Ask for other terms; the order has them when their turn comes."""
        asked = ReplacementSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = replace_order(
            holder=holder,
            order=one_of(holder, order),
            price_coins=asked.validated_data["price_coins"],
            lots=asked.validated_data["lots"],
            key=key,
            now=now,
        )
        nudge(run_writer, book=str(found.book_id))
        return Response(OrderSerializer(found).data, status=202)


def _asked(events: list[Event]) -> Response:
    for event in events:
        nudge(run_writer, book=str(event.book_id))
    named = {"books": [opaque_id("bok", event.book_id) for event in events]}
    return Response(CancelledAllSerializer(named).data, status=202)
