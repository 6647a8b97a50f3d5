"""JSON: orders placed and listed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
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
)
from exchange.matching.tasks import run_writer
from exchange.orders.models import Order, Trade
from exchange.orders.operations import Line, place_order
from exchange.orders.queries import book_of, order_of, orders_of, trades_of_order
from exchange.orders.rules import order_id_of
from wallet.carriers.tasks import nudge
from wallet.holders.api import NewestFirst
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder, Number
from wallet.holders.queries import holder_of, number_of
from wallet.holders.rules import uuid_in

ORDER_PARAMETER = OpenApiParameter("order", str, OpenApiParameter.PATH)
CLIENT_ID_PARAMETER = OpenApiParameter(
    "client_id",
    OpenApiTypes.UUID,
    OpenApiParameter.QUERY,
    description="The Idempotency-Key an order was placed with.",
)
# How long an order stays that does not say so.
USUAL = {Order.Kind.LIMIT: "GTC", Order.Kind.MARKET: "IOC"}


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
        holder, name = holder_of(self.request.user), self.request.GET.get("client_id")
        if name is None:
            return orders_of(holder)
        return orders_of(holder).filter(pk=order_id_of(holder.pk, key=_client_id(name)))

    @extend_schema(operation_id="orders", parameters=[CLIENT_ID_PARAMETER])
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
        """Place an order: what it needs is set aside at once, the book's writer does the rest."""
        asked = NewOrderSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        fields = asked.validated_data
        is_buy, number = fields["side"] == "buy", _number(holder, fields.get("number"))
        order = place_order(
            holder=holder,
            book=book_of(uuid_in("bok", fields["book"])),
            side=SIDES[fields["side"]],
            price_coins=fields["price_coins"],
            lots=fields["lots"],
            kind=fields["kind"],
            time_in_force=fields.get("time_in_force") or USUAL[fields["kind"]],
            line=None if is_buy or not number else _line(number, fields),
            deliver_to=number if is_buy else None,
            deliver_at_once=fields["deliver_at_once"],
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
        return Response(OrderSerializer(one_of(holder_of(request.user), order)).data)


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
        return trades_of_order(one_of(holder_of(self.request.user), self.kwargs["order"]))

    def get_serializer_context(self) -> dict[str, Any]:
        """Tell whose trades these are: a delivery is its buyer's alone."""
        return {**super().get_serializer_context(), "order": self._order_id()}

    def _order_id(self) -> UUID | None:
        is_real = not getattr(self, "swagger_fake_view", False)
        return uuid_in("ord", self.kwargs["order"]) if is_real else None

    @extend_schema(operation_id="order_trades", parameters=[ORDER_PARAMETER])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the trades of an order of mine, newest first."""
        return super().get(request, *args, **kwargs)


def one_of(holder: Holder, text: str) -> Order:
    """Return the order of a holder's that a path names."""
    return order_of(holder=holder, order_id=uuid_in("ord", text))


def _line(number: Number, fields: dict[str, Any]) -> Line:
    return Line(number=number, package=fields.get("package", ""))


def _number(holder: Holder, text: str | None) -> Number | None:
    return number_of(holder=holder, number_id=uuid_in("num", text)) if text is not None else None


def _client_id(text: str) -> UUID:
    """Return what somebody calls an order, by the key it was placed with; nothing bears a strange one."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
