"""Keep what people wish: by which way, in which language, at which address."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.db import transaction

from ledger.refusals import Refusal
from wallet.holders.models import Holder
from wallet.holders.operations import lock_holder
from wallet.home.sentences import has_notice
from wallet.notify.models import Channel, Message, NoticeChoice, Reach
from wallet.notify.rules import CONFIRM_WITHIN
from wallet.notify.tokens import address_in, unsubscription_in

ASKED_A_DAY_MAX = 5


class UnknownNoticeKind(Refusal):
    """There is no such kind of notice, or no such way."""

    code = "unknown_notice_kind"
    status = 422


class TooManyMails(Refusal):
    """Too many addresses were to be confirmed today."""

    code = "too_many_mails"
    status = 429


class MailLinkInvalid(Refusal):
    """The link confirms no address that is waiting for it."""

    code = "mail_link_invalid"
    status = 404


class UnsubscribeLinkInvalid(Refusal):
    """The link is not one of ours."""

    code = "unsubscribe_link_invalid"
    status = 404


@transaction.atomic
def choose_notices(
    *, holder: Holder, wanted: Mapping[tuple[str, str], bool], now: datetime
) -> None:
    """Keep whether a person wants kinds by ways, (way, kind) → wanted; kind "" is the whole way.

    Raises:
        UnknownNoticeKind: there is no such way, or no kind called so.
    """
    for channel, kind in wanted:
        if channel not in Channel.values or (kind and not has_notice(kind)):
            raise UnknownNoticeKind("There is no such kind of notice.")
    lock_holder(holder)
    for (channel, kind), is_wanted in wanted.items():
        if not kind and is_wanted:
            NoticeChoice.objects.filter(holder=holder, channel=channel, kind="").delete()
        else:
            NoticeChoice.objects.update_or_create(
                holder=holder,
                channel=channel,
                kind=kind,
                defaults={"is_wanted": is_wanted, "chosen_at": now},
            )


@transaction.atomic
def turn_off_by_link(*, token: str, is_whole_way: bool, now: datetime) -> None:
    """Keep that the person an e-mail went to wants no more of its kind, or of its way.

    Raises:
        UnsubscribeLinkInvalid: we made no such link.
    """
    try:
        holder_id, channel, kind = unsubscription_in(token)
    except signing.BadSignature as error:
        raise UnsubscribeLinkInvalid("This link is not one of ours.") from error
    holder = Holder.objects.get(pk=holder_id)
    asked = (channel, "" if is_whole_way or not has_notice(kind) else kind)
    choose_notices(holder=holder, wanted={asked: False}, now=now)


@transaction.atomic
def ask_for_mail(*, holder: Holder, mail: str, now: datetime) -> Reach:
    """Send a link to an e-mail address; until it comes back, the address before is used.

    Raises:
        TooManyMails: five were asked for in the last day.
    """
    lock_holder(holder)
    asked = Message.objects.filter(holder=holder, kind="mail_confirm")
    if asked.filter(made_at__gt=now - CONFIRM_WITHIN).count() >= ASKED_A_DAY_MAX:
        raise TooManyMails("Too many addresses today; try again tomorrow.")
    reach, _ = Reach.objects.update_or_create(
        holder=holder, defaults={"mail_asked": mail, "mail_asked_at": now}
    )
    # An older link is for an address that nobody waits for any more.
    asked.filter(state=Message.State.WAITING).update(
        state=Message.State.DROPPED, reason="asked_anew", ended_at=now
    )
    Message.objects.create(
        holder=holder,
        channel=Channel.MAIL,
        kind="mail_confirm",
        subject_id=uuid4(),
        is_urgent=True,
        made_at=now,
        next_at=now,
    )
    return reach


@transaction.atomic
def confirm_mail(*, token: str, now: datetime) -> Reach:
    """Use an address from now on, since the link sent to it came back; asked again, the same.

    Raises:
        MailLinkInvalid: it is no such link, is older than a day, or another was asked for since.
    """
    try:
        holder_id, mail = address_in(token)
    except signing.BadSignature as error:
        raise MailLinkInvalid("This link confirms no address.") from error
    reach = Reach.objects.select_for_update().filter(pk=holder_id).first()
    if reach is not None and reach.mail == mail and not reach.mail_asked:
        return reach
    if reach is None or reach.mail_asked != mail or _is_old(reach, now=now):
        raise MailLinkInvalid("This link confirms no address any more.")
    reach.mail, reach.mail_asked, reach.mail_asked_at = mail, "", None
    reach.save(update_fields=["mail", "mail_asked", "mail_asked_at"])
    return reach


@transaction.atomic
def forget_mail(*, holder: Holder) -> None:
    """Forget a person's address, and the one that waits to be confirmed."""
    lock_holder(holder)
    Reach.objects.filter(pk=holder.pk).update(mail="", mail_asked="", mail_asked_at=None)


def remember_language(*, holder: Holder, language: str) -> None:
    """Keep the language a person reads; one that is not spoken here is passed over."""
    if language in dict(settings.LANGUAGES):
        Reach.objects.update_or_create(holder=holder, defaults={"language": language})


def _is_old(reach: Reach, *, now: datetime) -> bool:
    return reach.mail_asked_at is None or now > reach.mail_asked_at + CONFIRM_WITHIN
