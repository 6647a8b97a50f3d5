"""JSON: orders placed, listed and cancelled."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exchange.market.api.shapes import (
    SIDES,
    NewOrderSerializer,
    OrderSerializer,
    OrderTradeSerializer,
    UnsettledSerializer,
)
from exchange.market.queries import unsettled_of
from exchange.matching.tasks import run_writer
from exchange.orders.models import Order, Trade
from exchange.orders.operations import Line, cancel_order, place_order
from exchange.orders.queries import book_of, order_of, orders_of, trades_of_order
from wallet.carriers.tasks import nudge
from wallet.holders.api import NewestFirst
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of, number_of
from wallet.holders.rules import uuid_in

ORDER_PARAMETER = OpenApiParameter("order", str, OpenApiParameter.PATH)


class NewestOrders(NewestFirst):
    """Orders newest first."""

    ordering = ("-placed_at", "-id")


class Orders(generics.ListAPIView[Order]):
    """My orders."""

    serializer_class = OrderSerializer
    pagination_class = NewestOrders

    def get_queryset(self) -> QuerySet[Order]:
        """Return my orders."""
        if getattr(self, "swagger_fake_view", False):
            return Order.objects.none()
        return orders_of(holder_of(self.request.user))

    @extend_schema(operation_id="orders")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List my orders, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="place_order",
        request=NewOrderSerializer,
        responses={201: OrderSerializer},
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Place a limit order: what it needs is set aside at once, the book's writer does the rest."""
        asked = NewOrderSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        fields = asked.validated_data
        order = place_order(
            holder=holder,
            book=book_of(uuid_in("bok", fields["book"])),
            side=SIDES[fields["side"]],
            price_coins=fields["price_coins"],
            lots=fields["lots"],
            line=_line(holder, fields),
            time_in_force=fields["time_in_force"],
            key=key,
            now=now,
        )
        nudge(run_writer, book=str(order.book_id))
        return Response(OrderSerializer(order).data, status=201)


class OneOrder(APIView):
    """An order of mine."""

    @extend_schema(operation_id="order", responses=OrderSerializer, parameters=[ORDER_PARAMETER])
    def get(self, request: Request, order: str) -> Response:
        """Return an order of mine."""
        return Response(OrderSerializer(_order(holder_of(request.user), order)).data)


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
        found = cancel_order(holder=holder, order=_order(holder, order), key=key, now=now)
        nudge(run_writer, book=str(found.book_id))
        return Response(OrderSerializer(found).data, status=202)


class NewestTrades(NewestFirst):
    """Trades newest first."""

    ordering = ("-number",)


class OrderTrades(generics.ListAPIView[Trade]):
    """What an order of mine traded."""

    serializer_class = OrderTradeSerializer
    pagination_class = NewestTrades

    def get_queryset(self) -> QuerySet[Trade]:
        """Return the trades of an order of mine."""
        if getattr(self, "swagger_fake_view", False):
            return Trade.objects.none()
        return trades_of_order(_order(holder_of(self.request.user), self.kwargs["order"]))

    @extend_schema(operation_id="order_trades", parameters=[ORDER_PARAMETER])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the trades of an order of mine, newest first."""
        return super().get(request, *args, **kwargs)


class MyUnsettled(APIView):
    """What my trades left for the months' closes."""

    @extend_schema(operation_id="unsettled", responses=UnsettledSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return proceeds and fee cover by month."""
        unsettled = unsettled_of(holder_of(request.user))
        return Response(UnsettledSerializer(unsettled, many=True).data)


def _order(holder: Holder, text: str) -> Order:
    return order_of(holder=holder, order_id=uuid_in("ord", text))


def _line(holder: Holder, fields: dict[str, Any]) -> Line | None:
    if "number" not in fields:
        return None
    number = number_of(holder=holder, number_id=uuid_in("num", fields["number"]))
    return Line(number=number, package=fields.get("package", ""))
