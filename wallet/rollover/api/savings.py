"""JSON: deposited data saved as coins."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.rules import month_name
from wallet.holders.api import NewestFirst
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of, numbers_of
from wallet.holders.rules import opaque_id, uuid_in
from wallet.rollover.api.own_data import OwnDataSerializer, own_data_asked
from wallet.rollover.models import Saving
from wallet.rollover.operations.savings import save_as_coins
from wallet.rollover.queries import Offer, saving_of, saving_offers, savings_of


class NewestSaved(NewestFirst):
    """Newest first, by when they were saved."""

    ordering = ("-saved_at", "-id")


class SavingSerializer(serializers.Serializer[Saving]):
    """Data (MB) that a carrier bought, at its rate then, and the coins it gave at once."""

    id = serializers.SerializerMethodField()
    number = serializers.SerializerMethodField()
    carrier = serializers.CharField(source="carrier_id")
    package = serializers.CharField()
    month = serializers.SerializerMethodField()
    mb = serializers.IntegerField()
    rate_coins_per_100mb = serializers.IntegerField()
    coins = serializers.IntegerField()
    saved_at = serializers.DateTimeField()

    def get_id(self, row: Saving) -> str:
        """Return the opaque id."""
        return opaque_id("sav", row.pk)

    def get_number(self, row: Saving) -> str:
        """Return the number's opaque id."""
        return opaque_id("num", row.number_id)

    def get_month(self, row: Saving) -> str:
        """Return the month as 2026-11."""
        return month_name(row.month)


class Savings(generics.ListAPIView[Saving]):
    """My deposited data saved as coins."""

    serializer_class = SavingSerializer
    pagination_class = NewestSaved

    def get_queryset(self) -> QuerySet[Saving]:
        """Return the holder's own, newest first."""
        return savings_of(holder_of(self.request.user))

    @extend_schema(
        request=OwnDataSerializer, responses={201: SavingSerializer}, parameters=[KEY_PARAMETER]
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Save deposited data of this month as coins, at my carrier's rate."""
        asked = own_data_asked(request, holder=holder)
        row = save_as_coins(holder=holder, key=key, now=now, **asked)
        return Response(SavingSerializer(row).data, status=201)


class OneSaving(generics.RetrieveAPIView[Saving]):
    """One saving."""

    serializer_class = SavingSerializer

    def get_object(self) -> Saving:
        """Return the holder's own."""
        saving_id = uuid_in("sav", self.kwargs["saving_id"])
        return saving_of(holder=holder_of(self.request.user), saving_id=saving_id)


class SavingOfferSerializer(serializers.Serializer[Offer]):
    """What a carrier of mine gives for data now, and what I have saved with it, all time."""

    carrier = serializers.CharField()
    rate_coins_per_100mb = serializers.IntegerField()
    saved_mb = serializers.IntegerField(source="saved.mb")
    saved_coins = serializers.IntegerField(source="saved.coins")
    mb_to_next_coin = serializers.IntegerField()


class SavingOffers(APIView):
    """What my carriers give for data."""

    @extend_schema(operation_id="saving_offers", responses=SavingOfferSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return each carrier of my numbers that gives coins now."""
        holder = holder_of(request.user)
        carriers = [number.carrier_id for number in numbers_of(holder)]
        offers = saving_offers(holder=holder, carriers=carriers, now=timezone.now())
        return Response(SavingOfferSerializer(offers, many=True).data)  # type: ignore[arg-type]
