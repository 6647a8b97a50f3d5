"""JSON: send, list, see and open red packets; what anybody may check of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.holders.api import AmountField, NewestFirst, TextField, WholeField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of
from wallet.holders.rules import GREETING_LENGTH_MAX, opaque_id, uuid_in
from wallet.packets.models import Packet, PacketDay, PacketShare
from wallet.packets.operations import finish_packet, look_up_packet, open_packet, send_packet
from wallet.packets.queries import (
    day_facts,
    free_shares,
    link_of,
    openings_of,
    packet_facts,
    packet_of,
    packet_with,
    packets_sent_by,
    published_days,
)

ID = OpenApiParameter("id", str, OpenApiParameter.PATH)
TOKEN = OpenApiParameter("token", str, OpenApiParameter.PATH)
DAYS_SHOWN = 400


class NewPacketSerializer(serializers.Serializer[Any]):
    """A packet to be sent: equal shares, or lucky ones."""

    kind = serializers.ChoiceField(choices=Packet.Kind.choices)
    coins = AmountField()
    shares = WholeField(min_value=1, max_value=2**31 - 1)
    greeting = TextField(max_length=GREETING_LENGTH_MAX, allow_blank=True, default="")


class LinkedPacketSerializer(serializers.Serializer[Packet]):
    """A packet as whoever has its link sees it."""

    id = serializers.SerializerMethodField()
    kind = serializers.CharField()
    coins = serializers.IntegerField()
    shares = serializers.IntegerField(source="share_count")
    left = serializers.SerializerMethodField()
    greeting = serializers.CharField()
    state = serializers.CharField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    commitment = serializers.SerializerMethodField()

    def get_id(self, packet: Packet) -> str:
        """Return the opaque id."""
        return opaque_id("pkt", packet.pk)

    def get_left(self, packet: Packet) -> int:
        """Return how many shares nobody has opened."""
        return free_shares(packet).count()

    def get_commitment(self, packet: Packet) -> str:
        """Return the hash that binds the shares, in hexadecimal."""
        return bytes(packet.commitment).hex()


class OpeningSerializer(serializers.Serializer[Any]):
    """A share somebody opened, as those in the packet may know it."""

    order = serializers.IntegerField()
    position = serializers.IntegerField()
    coins = serializers.IntegerField()
    at = serializers.DateTimeField()
    who = serializers.CharField()
    is_luckiest = serializers.BooleanField()


class PacketSerializer(LinkedPacketSerializer):
    """A packet as those in it see it."""

    ended_at = serializers.DateTimeField(allow_null=True)
    coins_returned = serializers.IntegerField()
    openings = serializers.SerializerMethodField()

    @extend_schema_field(OpeningSerializer(many=True))
    def get_openings(self, packet: Packet) -> Any:
        """Return who opened what, in the order of the books."""
        return OpeningSerializer(openings_of(packet), many=True).data


class SentPacketSerializer(PacketSerializer):
    """A packet as its sender sees it."""

    link = serializers.SerializerMethodField()

    def get_link(self, packet: Packet) -> str:
        """Return the link to send to friends."""
        return link_of(packet)


class ShareSerializer(serializers.Serializer[PacketShare]):
    """The share I opened."""

    packet = serializers.SerializerMethodField()
    position = serializers.IntegerField()
    coins = serializers.IntegerField()
    opened_at = serializers.DateTimeField(source="claimed_at")

    def get_packet(self, share: PacketShare) -> str:
        """Return the packet's opaque id."""
        return opaque_id("pkt", share.packet_id)


class NewestPackets(NewestFirst):
    """Pages of packets, the newest first."""

    ordering = ("-made_at", "-id")


@extend_schema_view(get=extend_schema(operation_id="packets"))
class Packets(generics.ListAPIView[Packet]):
    """The red packets I sent, the newest first."""

    serializer_class = LinkedPacketSerializer
    pagination_class = NewestPackets

    def get_queryset(self) -> QuerySet[Packet]:
        """Return the packets I sent."""
        if getattr(self, "swagger_fake_view", False):
            return Packet.objects.none()
        return packets_sent_by(holder_of(self.request.user))

    @extend_schema(
        operation_id="send_packet",
        request=NewPacketSerializer,
        responses={201: SentPacketSerializer},
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Set coins aside under a link that friends may open, a share each."""
        asked = NewPacketSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        fields = dict(asked.validated_data)
        packet = send_packet(
            sender=holder, share_count=fields.pop("shares"), key=key, now=now, **fields
        )
        return Response(SentPacketSerializer(packet).data, status=201)


class OnePacket(APIView):
    """A red packet I sent or opened."""

    @extend_schema(operation_id="packet", responses=PacketSerializer, parameters=[ID])
    def get(self, request: Request, id: str) -> Response:  # noqa: A002  the API's word
        """Return a packet with who opened what; its link to its sender only."""
        holder = holder_of(request.user)
        packet = packet_of(holder=holder, packet_id=uuid_in("pkt", id))
        is_mine = packet.sender_id == holder.pk
        return Response((SentPacketSerializer if is_mine else PacketSerializer)(packet).data)


class PacketLink(APIView):
    """A red packet by its link."""

    @extend_schema(operation_id="packet_link", responses=LinkedPacketSerializer, parameters=[TOKEN])
    def get(self, request: Request, token: str) -> Response:
        """Return what waits under a link; nothing is opened."""
        return Response(LinkedPacketSerializer(_linked(request, token, timezone.now())).data)


class OpenPacket(APIView):
    """Open a red packet by its link."""

    @extend_schema(
        operation_id="open_packet",
        request=None,
        responses=ShareSerializer,
        parameters=[TOKEN, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, token: str
    ) -> Response:
        """Put the next share under a link into my wallet; each person has one."""
        packet = _linked(request, token, now)
        share = open_packet(packet=packet, claimer=holder, now=now)
        finish_packet(packet=packet, now=now)
        return Response(ShareSerializer(share).data)


class Public(APIView):
    """Open to anybody, signed in or not; outside the versioned API."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


@extend_schema(exclude=True)
class PacketFacts(Public):
    """What `verify_packet` verifies."""

    def get(self, request: Request, name: str) -> Response:
        """Return it."""
        packet = packet_with(uuid_in("pkt", name))
        return Response(packet_facts(packet))


@extend_schema(exclude=True)
class PacketDays(Public):
    """The days' seeds: their hashes from before the day, themselves when their packets are over."""

    def get(self, request: Request) -> Response:
        """Return those of the last 400 days, and of those to come."""
        days: QuerySet[PacketDay] = published_days()[:DAYS_SHOWN]
        return Response([day_facts(day) for day in days])


def _linked(request: Request, token: str, now: datetime) -> Packet:
    guesser = get_adapter().get_client_ip(request)
    return look_up_packet(token=token, guesser=guesser, now=now)
