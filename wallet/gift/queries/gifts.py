"""Reads of gifts: those of a holder, the link of one, what stands behind an address."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Right
from django.utils.translation import gettext as _

from ledger.registry import Cause
from ledger.rules import COIN, instant_in_words, month_name, month_of
from wallet.gift.models import Gift
from wallet.gift.rules import token_of
from wallet.holders.models import Holder, Number
from wallet.holders.queries import line_of, main_of, numbers_of
from wallet.holders.rules import UnknownId, day_of, opaque_id
from wallet.holders.set_aside import SetAside


def gifts_sent_by(holder: Holder) -> QuerySet[Gift]:
    """Return the gifts a holder made, the newest first."""
    return Gift.objects.filter(sender=holder).order_by("-made_at", "-id")


def gifts_claimed_by(holder: Holder) -> QuerySet[Gift]:
    """Return the gifts a holder received, the newest first."""
    return Gift.objects.filter(claimer=holder).order_by("-ended_at", "-id")


def gifts_waiting_for(
    holder: Holder, *, now: datetime, numbers: Iterable[Number] | None = None
) -> QuerySet[Gift]:
    """Return the open gifts that only this holder may claim, those that end first first.

    `numbers` are the holder's, where they were read already.
    """
    # Read first: of numbers that are known the planner sees that the partial index holds them.
    found = numbers_of(holder) if numbers is None else numbers
    own = {number.msisdn: number.recycled_at for number in found}
    meant = Q(for_holder=holder) | Q(locked_to__in=list(own))
    for msisdn, recycled_at in own.items():
        if recycled_at is not None:  # older ones are meant for the number's former holder
            meant &= ~Q(locked_to=msisdn, made_at__lt=recycled_at)
    waiting = Gift.objects.filter(meant, state=Gift.State.OPEN, expires_at__gt=now)
    return waiting.exclude(sender=holder).select_related("sender").order_by("expires_at", "id")


def gift_of(*, holder: Holder, gift_id: UUID) -> Gift:
    """Return a gift that a holder made or received.

    Raises:
        UnknownId: it did neither.
    """
    mine = Gift.objects.filter(Q(sender=holder) | Q(claimer=holder), pk=gift_id)
    found = mine.select_related("sender", "claimer", "for_holder", "from_line").first()
    if found is None:
        raise UnknownId("You have no such gift.")
    return found


def gifts_made_on_day_of(now: datetime, *, holder: Holder) -> int:
    """Return how many gifts a holder made on an Asia/Shanghai day."""
    start, end = day_of(now)
    return Gift.objects.filter(sender=holder, made_at__gte=start, made_at__lt=end).count()


def gifts_to_return(*, now: datetime) -> QuerySet[Gift]:
    """Return the open gifts that may still go back: a past month's data is its close's to move."""
    named = Gift.objects.annotate(month_name=Right("asset", 7)).filter(state=Gift.State.OPEN)
    is_past = ~Q(asset=COIN) & Q(month_name__lt=month_name(month_of(now)))
    return named.exclude(is_past).order_by("pk")


def address_of(gift: Gift) -> str:
    """Return where a gift waits."""
    return f"gift/{gift.pk}"


def source_of(gift: Gift) -> str:
    """Return where a gift came from, and goes back to."""
    if gift.from_line is not None:
        return line_of(number=gift.from_line, package=gift.package)
    return main_of(gift.sender)


def token_for(gift: Gift) -> str:
    """Return the token of a gift's link."""
    return token_of(gift_id=gift.pk, key=settings.LINK_KEY)


def link_of(gift: Gift) -> str:
    """Return the link that lets a friend claim a gift."""
    return f"{settings.PUBLIC_URL}/g/{token_for(gift)}/"


def set_aside_in_gifts(holder: Holder) -> Iterator[SetAside]:
    """Return what of a holder's waits in gifts that nobody has claimed."""
    for gift in gifts_sent_by(holder).filter(state=Gift.State.OPEN):
        name = opaque_id("gft", gift.pk)
        yield SetAside(
            id=name,
            asset=gift.asset,
            amount=gift.amount,
            url=f"/gifts/{name}/",
            until=gift.expires_at,
        )


def cause_of_gift(address: str) -> Cause | None:
    """Return what stands behind `gift/<id>`."""
    gift = Gift.objects.filter(pk=UUID(address.split("/")[1])).first()
    if gift is None:
        return None
    facts = {
        _("状态"): gift.get_state_display(),
        _("发送人"): opaque_id("hld", gift.sender_id),
        _("领取人"): opaque_id("hld", gift.claimer_id) if gift.claimer_id else "",
        _("品种"): gift.asset,
        _("数量"): str(gift.amount),
        _("生成时间"): instant_in_words(gift.made_at),
        _("到期时间"): instant_in_words(gift.expires_at),
    }
    return Cause(
        title=_("礼物 %(id)s") % {"id": opaque_id("gft", gift.pk)},
        facts={name: fact for name, fact in facts.items() if fact},
        url=f"/admin/wallet/gift/{gift.pk}/change/",
    )


def gifts_owned_by(holder: UUID, *, start: datetime, end: datetime) -> Iterator[str]:
    """Return where gifts of a sender's waited at some time between two instants."""
    waited = Q(ended_at__isnull=True) | Q(ended_at__gte=start)
    rows = Gift.objects.filter(waited, sender=holder, made_at__lt=end)
    return (f"gift/{gift}" for gift in rows.values_list("pk", flat=True))


def personal_of_gift(gift: UUID) -> Mapping[str, str] | None:
    """Return what of a gift is personal: its words, and the numbers it names."""
    found = Gift.objects.filter(pk=gift).first()
    if found is None:
        return None
    return {
        _("祝福语"): found.greeting,
        _("只给号码"): found.locked_to,
        _("为谁留着"): found.held_for,
    }
