"""How somebody is reached, what it chose, which ways are open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from wallet.holders.models import Holder, Member, User
from wallet.notify.models import Channel, Message, NoticeChoice, Reach
from wallet.notify.rules import is_wanted
from wallet.policy.queries import policy, policy_int

CHANNELS = (Channel.TEXT, Channel.MAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What policy says of notices: the night, kinds sent as texts unasked, how late is too late."""

    from_hour: int
    until_hour: int
    text_kinds: frozenset[str]
    late_hours: int

    def by_default(self, *, channel: str, kind: str) -> bool:
        """Tell whether a kind is sent by a way to whoever chose nothing."""
        return channel == Channel.MAIL or kind in self.text_kinds


def terms_at(now: datetime) -> Terms:
    """Return the terms in force."""
    return Terms(
        from_hour=policy_int("notify.quiet_from_hour", now=now),
        until_hour=policy_int("notify.quiet_until_hour", now=now),
        text_kinds=frozenset(policy("notify.text_kinds", now=now)),
        late_hours=policy_int("notify.late_hours", now=now),
    )


def open_channels() -> list[Channel]:
    """Return the ways that have a gateway."""
    gateways = {Channel.TEXT: settings.TEXT_GATEWAY, Channel.MAIL: settings.MAIL_GATEWAY}
    return [channel for channel in CHANNELS if gateways[channel]]


def reach_of(holder: Holder) -> Reach:
    """Return how a person is reached; one that never said anything has a row of blanks, unsaved."""
    return Reach.objects.filter(pk=holder.pk).first() or Reach(holder=holder)


def language_of(reach: Reach) -> str:
    """Return the language a person reads."""
    return reach.language or settings.LANGUAGE_CODE


def address_of(*, holder: Holder, reach: Reach, channel: str, kind: str) -> str:
    """Return where a person is reached by a way, or nothing: a proved phone, a confirmed mail."""
    if channel == Channel.TEXT:
        user = holder.user
        return user.phone if user and user.phone_verified_at else ""
    return reach.mail_asked if kind == "mail_confirm" else reach.mail


def phone_of(user: User) -> str:
    """Return the proved phone of somebody who may sign in, or nothing."""
    return user.phone if user.is_active and user.phone_verified_at else ""


def destination_of(message: Message, *, reach: Reach) -> str:
    """Return where a message goes, or nothing: a person without a wallet has the phone alone."""
    if message.user is not None:
        return phone_of(message.user) if message.channel == Channel.TEXT else ""
    return address_of(
        holder=message.holder, reach=reach, channel=message.channel, kind=message.kind
    )


def owners_without_wallet(organisations: Iterable[UUID]) -> dict[UUID, list[User]]:
    """Return organisations' owners who have no wallet, and so no inbox."""
    owners = Member.objects.filter(
        organisation__in=list(organisations), role=Member.Role.OWNER, user__holder=None
    )
    found: dict[UUID, list[User]] = {}
    for owner in owners.select_related("user").order_by("id"):
        found.setdefault(owner.organisation_id, []).append(owner.user)
    return found


def people_of(holders: Iterable[Holder]) -> dict[UUID, list[Holder]]:
    """Return who is told what each holder is told: itself, or an organisation's owners."""
    found = {one.pk: [one] if one.kind == Holder.Kind.PERSON else [] for one in holders}
    organisations = [pk for pk, people in found.items() if not people]
    owners = Member.objects.filter(
        organisation__in=organisations, role=Member.Role.OWNER, user__holder__isnull=False
    )
    for owner in owners.select_related("user__holder__user"):
        found[owner.organisation_id].append(owner.user.holder)
    return found


def choices_of(holders: Iterable[UUID]) -> dict[tuple[UUID, str], dict[str, bool]]:
    """Return what people chose, by person and way: kind → wanted."""
    found: dict[tuple[UUID, str], dict[str, bool]] = {}
    for row in NoticeChoice.objects.filter(holder__in=list(holders)):
        found.setdefault((row.holder_id, row.channel), {})[row.kind] = row.is_wanted
    return found


def wants(*, holder: Holder, channel: str, kind: str, terms: Terms) -> bool:
    """Tell whether a person wants a kind by a way now."""
    chosen: Mapping[str, bool] = choices_of([holder.pk]).get((holder.pk, channel), {})
    by_default = terms.by_default(channel=channel, kind=kind)
    return is_wanted(kind=kind, chosen=chosen, by_default=by_default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person is told of one kind: by text, by e-mail."""

    kind: str
    by_text: bool
    by_mail: bool


def wishes_of(holder: Holder, *, kinds: Iterable[str], now: datetime) -> list[Wish]:
    """Return what a person is told of each kind by which way, apart from ways turned off whole."""
    terms, chosen = terms_at(now), choices_of([holder.pk])

    def wanted(channel: str, kind: str) -> bool:
        by_default = terms.by_default(channel=channel, kind=kind)
        return chosen.get((holder.pk, channel), {}).get(kind, by_default)

    return [
        Wish(kind=kind, by_text=wanted(Channel.TEXT, kind), by_mail=wanted(Channel.MAIL, kind))
        for kind in kinds
    ]


def ways_off(holder: Holder) -> set[str]:
    """Return the ways a person turned off whole."""
    off = NoticeChoice.objects.filter(holder=holder, kind="", is_wanted=False)
    return set(off.values_list("channel", flat=True))


def messages_to(holder: Holder) -> QuerySet[Message]:
    """Return what was sent to a person, the newest first."""
    return Message.objects.filter(holder=holder).order_by("-made_at", "-id")
