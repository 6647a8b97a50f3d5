"""The sponsors' door: a signed message that an event of an earning happened.

Signed as Standard Webhooks 1.0 says: `webhook-id`, `webhook-timestamp`, `webhook-signature`. No
session opens it and none is needed; a message older or newer than five minutes is refused.
"""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView
from standardwebhooks import Webhook, WebhookVerificationError

from ledger.refusals import Refusal
from wallet.earn.models import Postback
from wallet.earn.operations import receive_postback
from wallet.holders.api import TextField
from wallet.holders.idempotency import at_the_clock
from wallet.holders.rules import opaque_id, uuid_in
from wallet.sponsors.models import Sponsor
from wallet.sponsors.queries import secret_of, sponsor_with

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
EVENT_TYPE = "earning.event"


class BadSignature(Refusal):
    """The message is not signed with the sponsor's secret, or it is not of now."""

    code = "bad_signature"
    status = 401


class PostbackThrottle(SimpleRateThrottle):
    """So many messages from one address to one sponsor's door, signed or not."""

    scope = "postback"
    rate = "1200/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Return what is counted.

        Raises:
            UnknownId: the address names nobody; what is not an id names no counter either.
        """
        sponsor_id = uuid_in("hld", view.kwargs["sponsor_id"])
        return f"postback:{sponsor_id}:{self.get_ident(request)}"


class HappenedSerializer(serializers.Serializer[None]):
    """Which event happened to which earning."""

    earning = TextField(max_length=64)
    event = TextField(max_length=16)


class MessageSerializer(serializers.Serializer[None]):
    """A message as Standard Webhooks lays it out."""

    type = serializers.ChoiceField(choices=(EVENT_TYPE,))
    timestamp = serializers.DateTimeField()
    data = HappenedSerializer()  # type: ignore[assignment]


class PostbackSerializer(serializers.Serializer[Postback]):
    """What was understood: the same for the same message, whenever it comes again."""

    message_id = serializers.CharField()
    earning = serializers.SerializerMethodField()
    event = serializers.CharField()
    received_at = serializers.DateTimeField()

    def get_earning(self, postback: Postback) -> str:
        """Return the earning's opaque id."""
        return opaque_id("ern", postback.earning_id)


class Postbacks(APIView):
    """A sponsor's door."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (PostbackThrottle,)

    @extend_schema(
        operation_id="receive_postback",
        auth=[],
        parameters=[
            OpenApiParameter(name, str, OpenApiParameter.HEADER, required=True) for name in HEADERS
        ],
        request=MessageSerializer,
        responses=PostbackSerializer,
    )
    def post(self, request: Request, sponsor_id: str) -> Response:
        """Take a sponsor's signed word; sent again, it changes nothing and is answered the same."""
        sponsor = sponsor_with(uuid_in("hld", sponsor_id))
        _verify(request, sponsor=sponsor)
        asked = MessageSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        happened = asked.validated_data
        received = at_the_clock(
            lambda now: receive_postback(
                sponsor=sponsor,
                message_id=request.headers["webhook-id"],
                earning_id=uuid_in("ern", happened["data"]["earning"]),
                event=happened["data"]["event"],
                happened_at=happened["timestamp"],
                now=now,
            )
        )
        return Response(PostbackSerializer(received).data)


def _verify(request: Request, *, sponsor: Sponsor) -> None:
    """Hold the signature against the body as it came, before anything reads it."""
    headers = {name: request.headers.get(name, "") for name in HEADERS}
    try:
        Webhook(secret_of(sponsor)).verify(request.body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError) as wrong:  # the library's own, and its parsers'
        raise BadSignature("The message is not signed with your secret, now.") from wrong
