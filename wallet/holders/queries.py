"""Who somebody is, which numbers a holder has, and its accounts' addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Sum

from ledger.models import Entry
from ledger.queries import Holding, holdings_at, holdings_under
from ledger.refusals import KeyReused, Refusal
from ledger.rules import COIN, account_id, month_of
from wallet.holders.models import Holder, Notice, Number, User
from wallet.holders.rules import UnknownId, day_of

ANNOUNCED, CALLED_OFF = "wind_down_announced", "wind_down_called_off"
GIVING_KINDS = ("gift_send", "packet_send")


Made = TypeVar("Made", bound=Model)


class NoHolder(Refusal):
    """Whoever asks has no wallet: a clerk, not a subscriber."""

    code = "no_holder"
    status = 403


def holder_of(user: AbstractBaseUser | AnonymousUser) -> Holder:
    """Return a signed-in person's holder.

    Raises:
        NoHolder: the person has none.
    """
    if isinstance(user, User):
        found = Holder.objects.filter(user=user, closed_at=None).select_related("user").first()
        if found is not None:
            return found
    raise NoHolder("You have no wallet.")


def made_before(rows: QuerySet[Made], *, row_id: UUID, asked: Mapping[str, object]) -> Made | None:
    """Return what was made under a key, of which the row's id derives; None if nothing was.

    Raises:
        KeyReused: it was asked for otherwise; `field` says where the two differ.
    """
    row = rows.filter(pk=row_id).first()
    if row is not None:
        for name, value in asked.items():
            if getattr(row, name) != value:
                raise KeyReused(
                    f"The key already names another {row._meta.verbose_name_raw}.",
                    field=name.removesuffix("_id"),
                )
    return row


def numbers_of(holder: Holder) -> QuerySet[Number]:
    """Return a holder's numbers, the first added first."""
    return Number.objects.filter(holder=holder).select_related("carrier").order_by("added_at", "id")


def ever_numbers_of(holder: Holder) -> QuerySet[Number]:
    """Return a holder's numbers and those it released, the first added first."""
    mine = Number.objects.filter(Q(holder=holder) | Q(former=holder))
    return mine.select_related("carrier").order_by("added_at", "id")


def number_of(*, holder: Holder, number_id: UUID) -> Number:
    """Return one of a holder's numbers.

    Raises:
        UnknownId: the holder has no such number.
    """
    found = numbers_of(holder).filter(pk=number_id).first()
    if found is None:
        raise UnknownId("You have no such number.")
    return found


def user_with_phone(phone: str) -> User | None:
    """Return who signs in with a phone (+86…): its number's holder, else whoever has it as login."""
    msisdn = phone.removeprefix("+86")
    held = User.objects.filter(holder__numbers__msisdn=msisdn).first()
    return held or User.objects.filter(phone=phone).first()


def inbox_of(holder: Holder) -> QuerySet[Notice]:
    """Return a holder's inbox, newest first."""
    return Notice.objects.filter(holder=holder).order_by("-at", "-id")


def untold_holders(wind_down: UUID) -> QuerySet[Holder]:
    """Return who has not been told of an announced end of the service."""
    told = Notice.objects.filter(holder=OuterRef("pk"), kind=ANNOUNCED, subject_id=wind_down)
    return Holder.objects.filter(~Exists(told)).order_by("pk")


def told_in_vain(wind_down: UUID) -> QuerySet[Holder]:
    """Return who was told of an end of the service, and not that it was called off."""
    told = Notice.objects.filter(holder=OuterRef("pk"), subject_id=wind_down)
    rows = Holder.objects.filter(Exists(told.filter(kind=ANNOUNCED)))
    return rows.filter(~Exists(told.filter(kind=CALLED_OFF))).order_by("pk")


def main_of(holder: Holder) -> str:
    """Return the address where a holder's coins and data lie."""
    return f"holder/{holder.pk}/main"


def coins_given_on_day_of(now: datetime, *, holder: Holder) -> int:
    """Return how many coins a holder set aside for friends on an Asia/Shanghai day.

    Gifts and red packets count together, whoever got them, so that neither passes the other's limit.
    """
    start, end = day_of(now)
    given = Entry.objects.filter(
        month=month_of(now),
        account_id=account_id(address=main_of(holder), asset=COIN),
        transaction__kind__in=GIVING_KINDS,
        transaction__at__gte=start,
        transaction__at__lt=end,
    )
    return -(given.aggregate(coins=Sum("amount"))["coins"] or 0)


def coins_spent_since(since: datetime, *, holder: Holder) -> int:
    """Return how many coins left a holder's wallet from an instant on; what came is not set off."""
    spent = Entry.objects.filter(
        month__gte=month_of(since),
        account_id=account_id(address=main_of(holder), asset=COIN),
        transaction__at__gte=since,
        amount__lt=0,
    )
    return -(spent.aggregate(coins=Sum("amount"))["coins"] or 0)


def line_of(*, number: Number, package: str) -> str:
    """Return the address where a number's deposited data of one package lies."""
    return f"line/{number.pk}/{package}"


@dataclass(frozen=True, slots=True)
class LineHolding:
    """Own data (MB) deposited from a number's package."""

    number: Number
    package: str
    asset: str
    mb: int


@dataclass(frozen=True, slots=True)
class Balances:
    """What a holder may use now: coins, data and vouchers in the wallet, own data on its lines."""

    coins: int
    goods: list[Holding]
    lines: list[LineHolding]


def balances_of(holder: Holder) -> Balances:
    """Return what a holder may use now; goods and lines are the earliest expiry first."""
    held = holdings_at([main_of(holder)])
    coins = sum(holding.amount for holding in held if holding.asset == COIN)
    goods = sorted((h for h in held if h.asset != COIN), key=lambda h: (h.asset[-7:], h.asset))
    lines = [line for number in numbers_of(holder) for line in lines_of(number)]
    return Balances(coins=coins, goods=goods, lines=lines)


def lines_of(number: Number) -> list[LineHolding]:
    """Return the own data a number has deposited, the earliest expiry first."""
    prefix = line_of(number=number, package="")
    held = holdings_under(prefix)
    return [
        LineHolding(number, holding.address.removeprefix(prefix), holding.asset, holding.amount)
        for holding in sorted(held, key=lambda h: (h.asset[-7:], h.address))
    ]
