"""JSON: my inbox, and what of it I want to be told by text or e-mail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.carriers.tasks import nudge
from wallet.holders.api import NewestFirst, SwitchField, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder, Notice
from wallet.holders.operations import read_inbox
from wallet.holders.queries import holder_of, inbox_of
from wallet.holders.rules import opaque_id
from wallet.home.sentences import notice_kinds, notice_page, notice_words
from wallet.notify.models import Channel
from wallet.notify.operations import (
    ask_for_mail,
    choose_notices,
    forget_mail,
    remember_language,
)
from wallet.notify.queries import language_of, open_channels, reach_of, ways_off, wishes_of
from wallet.notify.sentences import title_of
from wallet.notify.tasks import deliver

KIND_LENGTH_MAX = 32
WHOLE_WAY = "*"


class NoticeSerializer(serializers.Serializer[Notice]):
    """A line of my inbox; `page` is where it leads, or empty."""

    id = serializers.SerializerMethodField()
    kind = serializers.CharField()
    facts = serializers.DictField()
    words = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField()
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, notice: Notice) -> str:
        """Return the opaque id."""
        return opaque_id("ntc", UUID(int=notice.pk))

    def get_words(self, notice: Notice) -> str:
        """Return what it says."""
        return notice_words(notice)

    def get_page(self, notice: Notice) -> str:
        """Return where it leads."""
        return notice_page(notice)


class UnreadSerializer(serializers.Serializer[Any]):
    """How many lines of my inbox I have not read."""

    unread = serializers.IntegerField()


class WishSerializer(serializers.Serializer[Any]):
    """Whether I am told of a kind by text and by e-mail."""

    kind = serializers.CharField()
    title = serializers.SerializerMethodField()
    text = serializers.BooleanField(source="by_text")
    mail = serializers.BooleanField(source="by_mail")

    def get_title(self, wish: Any) -> str:
        """Return what the kind is called."""
        return title_of(wish.kind)


class WishesSerializer(serializers.Serializer[Any]):
    """How I am reached, and what I am told by which way.

    `mail` is used; `mail_asked` waits for its link. `channels` have a gateway; those in `off`
    are turned off whole.
    """

    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    mail = serializers.CharField()
    mail_asked = serializers.CharField()
    channels = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices))
    off = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices))
    kinds = WishSerializer(many=True)


class ChoiceSerializer(serializers.Serializer[Any]):
    """A kind by a way, or the whole way ("*"), and whether I want it."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    kind = TextField(max_length=KIND_LENGTH_MAX)
    wanted = SwitchField()


class MailSerializer(serializers.Serializer[Any]):
    """An address that a link is sent to."""

    mail = serializers.EmailField(max_length=254)


class LanguageSerializer(serializers.Serializer[Any]):
    """The language I read."""

    language = serializers.ChoiceField(choices=settings.LANGUAGES)


class NewestNotices(NewestFirst):
    """Pages of notices, the newest first."""

    ordering = ("-at", "-id")


@extend_schema_view(get=extend_schema(operation_id="notices"))
class Notices(generics.ListAPIView[Notice]):
    """My inbox, the newest first."""

    serializer_class = NoticeSerializer
    pagination_class = NewestNotices

    def get_queryset(self) -> QuerySet[Notice]:
        """Return what I was told."""
        if getattr(self, "swagger_fake_view", False):
            return Notice.objects.none()
        return inbox_of(holder_of(self.request.user))


class ReadNotices(APIView):
    """Mark my inbox as read."""

    @extend_schema(
        operation_id="read_notices",
        request=None,
        responses=UnreadSerializer,
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Mark what I was told until now as read."""
        read_inbox(holder=holder, now=now)
        return Response({"unread": inbox_of(holder).filter(read_at=None).count()})


class MyWishes(APIView):
    """What I am told by which way."""

    @extend_schema(operation_id="notify", responses=WishesSerializer)
    def get(self, request: Request) -> Response:
        """Return how I am reached and what I chose."""
        return _wishes(holder_of(request.user), now=timezone.now())


class Choices(APIView):
    """Choose what I am told by which way."""

    @extend_schema(
        operation_id="choose_notices",
        request=ChoiceSerializer,
        responses=WishesSerializer,
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Keep whether I want a kind by a way."""
        asked = ChoiceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        chosen = asked.validated_data
        kind = "" if chosen["kind"] == WHOLE_WAY else chosen["kind"]
        wanted = {(chosen["channel"], kind): chosen["wanted"]}
        choose_notices(holder=holder, wanted=wanted, now=now)
        return _wishes(holder, now=now)


class MyMail(APIView):
    """Give an address."""

    @extend_schema(
        operation_id="ask_for_mail",
        request=MailSerializer,
        responses={202: WishesSerializer},
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Send a link to an address; it is used once the link was opened and confirmed."""
        asked = MailSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        ask_for_mail(holder=holder, mail=asked.validated_data["mail"], now=now)
        nudge(deliver)
        return _wishes(holder, now=now, status=202)


class ForgetMail(APIView):
    """Take my address back."""

    @extend_schema(
        operation_id="forget_mail",
        request=None,
        responses=WishesSerializer,
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Forget my address; no e-mail is sent any more."""
        forget_mail(holder=holder)
        return _wishes(holder, now=now)


class MyLanguage(APIView):
    """Say what I read."""

    @extend_schema(
        operation_id="keep_language",
        request=LanguageSerializer,
        responses=WishesSerializer,
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Keep the language of what is sent to me."""
        asked = LanguageSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        remember_language(holder=holder, language=asked.validated_data["language"])
        return _wishes(holder, now=now)


def _wishes(holder: Holder, *, now: datetime, status: int = 200) -> Response:
    reach = reach_of(holder)
    found = {
        "language": language_of(reach),
        "mail": reach.mail,
        "mail_asked": reach.mail_asked,
        "channels": open_channels(),
        "off": sorted(ways_off(holder)),
        "kinds": wishes_of(holder, kinds=notice_kinds(), now=now),
    }
    return Response(WishesSerializer(found).data, status=status)
