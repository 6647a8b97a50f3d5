"""JSON: what is on sale, and what I bought."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.carriers.queries import decided_at_latest
from wallet.carriers.rules import masked
from wallet.carriers.tasks import nudge, serve
from wallet.catalog.models import Product, Purchase
from wallet.catalog.operations import buy_product, collect_points
from wallet.catalog.queries import product_of, products_on_sale, purchase_of, purchases_of
from wallet.catalog.rules import Kind
from wallet.holders.api import AmountField, NewestFirst, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in


class ProductSerializer(serializers.Serializer[Product]):
    """Something on sale: `coins` is the price of one, or with `gives_coins` what one pays out."""

    id = serializers.SerializerMethodField()
    partner = serializers.CharField(source="partner_id")
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    about_zh = serializers.CharField()
    about_en = serializers.CharField()
    coins = serializers.IntegerField()
    gives_coins = serializers.BooleanField()

    def get_id(self, row: Product) -> str:
        """Return the opaque id."""
        return opaque_id("prd", row.pk)


class Catalog(APIView):
    """What may be bought now."""

    @extend_schema(operation_id="catalog", responses=ProductSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return everything on sale, by kind and price."""
        holder_of(request.user)
        found = products_on_sale(now=timezone.now())
        return Response(ProductSerializer(found, many=True).data)  # type: ignore[arg-type]


class PurchaseSerializer(serializers.Serializer[Purchase]):
    """So many of a product for coins, or coins for points; an open one says when it is decided."""

    id = serializers.SerializerMethodField()
    product = serializers.SerializerMethodField()
    name_zh = serializers.CharField(source="product.name_zh")
    name_en = serializers.CharField(source="product.name_en")
    count = serializers.IntegerField()
    coins = serializers.IntegerField()
    gives_coins = serializers.BooleanField()
    number = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=Purchase.State.choices)
    partner_state = serializers.CharField(source="instruction.state")
    reason = serializers.CharField(source="instruction.reason")
    decided_by = serializers.SerializerMethodField()
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, row: Purchase) -> str:
        """Return the opaque id."""
        return opaque_id("pur", row.pk)

    def get_product(self, row: Purchase) -> str:
        """Return the product's opaque id."""
        return opaque_id("prd", row.product_id)

    def get_number(self, row: Purchase) -> str:
        """Return the number with its middle hidden."""
        return masked(msisdn=row.msisdn)

    def get_decided_by(self, row: Purchase) -> datetime | None:
        """Return by when an open one is decided at the latest."""
        by = decided_at_latest(row.instruction)
        return by and by.astimezone(UTC)


class BuySerializer(serializers.Serializer[None]):
    """What to buy: a product, how many, the price of all of it as it was shown, for which number."""

    product = TextField(max_length=64)
    count = AmountField()
    coins = AmountField()
    msisdn = TextField(max_length=20)


class NewestBought(NewestFirst):
    """Pages of what was bought, the newest first."""

    ordering = ("-made_at", "-id")


class Purchases(generics.ListAPIView[Purchase]):
    """The holder's purchases; a new one is accepted and carried out afterwards."""

    serializer_class = PurchaseSerializer
    pagination_class = NewestBought

    def get_queryset(self) -> QuerySet[Purchase]:
        """Return the holder's own, newest first."""
        return purchases_of(holder_of(self.request.user))

    @extend_schema(
        request=BuySerializer, responses={202: PurchaseSerializer}, parameters=[KEY_PARAMETER]
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Buy a product for coins, or have points taken for coins, as the product says."""
        asked = BuySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted: dict[str, Any] = {**asked.validated_data}
        product = product_of(product_id=uuid_in("prd", wanted.pop("product")))
        order = collect_points if product.gives_coins else buy_product
        row = order(holder=holder, product=product, key=key, now=now, **wanted)
        nudge(serve, carrier=product.partner_id)
        return Response(PurchaseSerializer(row).data, status=202)


class OnePurchase(generics.RetrieveAPIView[Purchase]):
    """One purchase, and how far it has come."""

    serializer_class = PurchaseSerializer

    def get_object(self) -> Purchase:
        """Return the holder's own."""
        purchase_id = uuid_in("pur", self.kwargs["purchase_id"])
        return purchase_of(holder=holder_of(self.request.user), purchase_id=purchase_id)
