"""JSON: packets from a sponsor's budget, and what became of each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder, User
from wallet.holders.operations import refuse_frozen_person
from wallet.holders.rules import uuid_in
from wallet.packets.api.packets import LinkedPacketSerializer, NewestPackets, NewPacketSerializer
from wallet.packets.models import Packet
from wallet.packets.operations import send_sponsored_packet
from wallet.packets.queries import PacketReport, link_of, reports_of, sponsored_packets_of
from wallet.sponsors.models import Sponsor
from wallet.sponsors.queries import managed_by, spoken_for_by

SPONSOR = OpenApiParameter("sponsor", str, OpenApiParameter.PATH)


class PacketReportSerializer(serializers.Serializer[PacketReport]):
    """What became of a packet: browsers that showed it, shares opened, coins given.

    `forwarded` browsers came by a link that somebody forwarded; `forwarders` are those people.
    """

    opens = serializers.IntegerField()
    forwarded = serializers.IntegerField()
    forwarders = serializers.IntegerField()
    claims = serializers.IntegerField()
    coins = serializers.IntegerField()


class SponsoredPacketSerializer(LinkedPacketSerializer):
    """A packet as the sponsor that pays for it sees it."""

    ended_at = serializers.DateTimeField(allow_null=True)
    coins_returned = serializers.IntegerField()
    link = serializers.SerializerMethodField()
    report = serializers.SerializerMethodField()

    def get_link(self, packet: Packet) -> str:
        """Return the link to publish."""
        return link_of(packet)

    @extend_schema_field(PacketReportSerializer)
    def get_report(self, packet: Packet) -> Any:
        """Return what became of it so far."""
        reports: Mapping[UUID, PacketReport] = self.context["reports"]
        return PacketReportSerializer(reports[packet.pk]).data


class SponsoredPackets(generics.ListAPIView[Packet]):
    """Packets from the budget of a sponsor I speak for."""

    serializer_class = SponsoredPacketSerializer
    pagination_class = NewestPackets

    def get_queryset(self) -> QuerySet[Packet]:
        """Return the sponsor's, newest first."""
        if getattr(self, "swagger_fake_view", False):
            return Packet.objects.none()
        user, sponsor_id = _user(self.request), uuid_in("hld", self.kwargs["sponsor"])
        return sponsored_packets_of(spoken_for_by(user, sponsor_id=sponsor_id))

    def paginate_queryset(self, queryset: Any) -> Any:
        """Count what became of all packets of a page at once."""
        page = super().paginate_queryset(queryset)
        self.reports = reports_of(page or [])
        return page

    def get_serializer_context(self) -> dict[str, Any]:
        """Add what became of the page's packets."""
        return {**super().get_serializer_context(), "reports": getattr(self, "reports", {})}

    @extend_schema(operation_id="sponsored_packets", parameters=[SPONSOR])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List a sponsor's packets with what became of them, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="send_sponsored_packet",
        request=NewPacketSerializer,
        responses={201: SponsoredPacketSerializer},
        parameters=[SPONSOR, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, sponsor: str
    ) -> Response:
        """Set coins of the budget aside under a link that anybody may open, a share each."""
        payer = self._managed(sponsor)
        asked = NewPacketSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        fields = dict(asked.validated_data)
        packet = send_sponsored_packet(
            sponsor=payer, share_count=fields.pop("shares"), key=key, now=now, **fields
        )
        shown = SponsoredPacketSerializer(packet, context={"reports": reports_of([packet])})
        return Response(shown.data, status=201)

    def _managed(self, name: str) -> Sponsor:
        user = _user(self.request)
        sponsor = managed_by(user, sponsor_id=uuid_in("hld", name))
        refuse_frozen_person(user)
        return sponsor


def _user(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user
