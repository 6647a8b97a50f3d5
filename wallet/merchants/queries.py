"""Reads about merchants: who serves at the counter, what is left, what was handed out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from ledger.queries import coins_in
from ledger.registry import Cause
from ledger.rules import SHANGHAI, instant_in_words
from wallet.holders.models import Holder, Member, User
from wallet.holders.rules import UnknownId, link_token
from wallet.merchants.models import CounterCode, Merchant
from wallet.merchants.rules import merchant_budget

KIND = "counter"


def merchants_of(user: User) -> QuerySet[Merchant]:
    """Return the merchants at whose counters a person serves, by name."""
    serving = Member.objects.filter(user=user).exclude(role=Member.Role.VIEWER)
    rows = Merchant.objects.filter(holder__in=serving.values("organisation"))
    return rows.select_related("holder").order_by("holder__name", "pk")


def merchant_of(*, user: User, merchant_id: UUID) -> Merchant:
    """Return a merchant at whose counter a person serves.

    Raises:
        UnknownId: there is no such merchant, or it is none of the person's.
    """
    found = merchants_of(user).filter(pk=merchant_id).first()
    if found is None:
        raise UnknownId("You serve at no such counter.")
    return found


def serves_at(*, merchant_id: UUID, holder: Holder) -> bool:
    """Say whether a person has any role in a merchant."""
    return Member.objects.filter(organisation_id=merchant_id, user__holder=holder).exists()


def code_of(*, merchant: Merchant, code_id: UUID) -> CounterCode:
    """Return one of a merchant's codes.

    Raises:
        UnknownId: the merchant showed no such code.
    """
    found = CounterCode.objects.filter(merchant=merchant, pk=code_id).first()
    if found is None:
        raise UnknownId("The merchant showed no such code.")
    return found


def codes_of(merchant: Merchant) -> QuerySet[CounterCode]:
    """Return what a merchant showed, newest first."""
    rows = CounterCode.objects.filter(merchant=merchant).select_related("claimer")
    return rows.order_by("-shown_at", "-id")


def token_for(code: CounterCode) -> str:
    """Return the token of a code."""
    return link_token(kind=KIND, thing_id=code.pk, key=settings.LINK_KEY)


def link_of(code: CounterCode) -> str:
    """Return what the QR code says."""
    return f"{settings.PUBLIC_URL}/m/{token_for(code)}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """How a merchant stands: coins left, coins on open codes, coins and people of today."""

    budget: int
    open_coins: int
    coins_today: int
    people_today: int


def counter_of(merchant: Merchant, *, now: datetime) -> Counter:
    """Return how a merchant stands at an instant; today is Asia/Shanghai's."""
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    today = CounterCode.objects.filter(merchant=merchant, claimed_at__gte=midnight)
    sums = today.aggregate(coins=Sum("coins", default=0), people=Count("claimer", distinct=True))
    return Counter(
        budget=coins_in(merchant_budget(merchant.pk)),
        open_coins=open_coins(merchant, now=now),
        coins_today=sums["coins"],
        people_today=sums["people"],
    )


def open_coins(merchant: Merchant, *, now: datetime) -> int:
    """Return the coins of codes that may still be scanned."""
    rows = CounterCode.objects.filter(merchant=merchant, claimer=None, expires_at__gt=now)
    total: int = rows.aggregate(coins=Sum("coins", default=0))["coins"]
    return total


def cause_of_merchant(address: str) -> Cause | None:
    """Tell an auditor which merchant an address belongs to."""
    found = Merchant.objects.select_related("holder").filter(pk=UUID(address.split("/")[1])).first()
    if found is None:
        return None
    return Cause(
        title=_("商户 %(name)s") % {"name": found.holder.name},
        facts={_("开立时间"): instant_in_words(found.opened_at)},
    )


def merchant_budget_owned_by(holder: UUID, *, start: datetime, end: datetime) -> Iterator[str]:
    """Return where a merchant's coins lie."""
    if Merchant.objects.filter(pk=holder).exists():
        yield f"merchant/{holder}/"
