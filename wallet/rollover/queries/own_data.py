"""Reads about own data: what may be deposited, what is deposited, what is on its way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from ledger.queries import holdings_under
from ledger.registry import Cause
from ledger.rules import month_name, month_of
from wallet.carriers.models import Usage
from wallet.carriers.queries import attested
from wallet.carriers.rules import masked
from wallet.holders.models import Holder, Number
from wallet.holders.queries import line_of, numbers_of
from wallet.holders.rules import UnknownId, opaque_id
from wallet.holders.set_aside import SetAside
from wallet.rollover.models import Deposit, TakeBack
from wallet.rollover.rules import NATIONAL, surplus_asset

_TO_TAKE_HOME = (Path(__file__).parents[1] / "sql" / "to_take_home_v1.sql").read_text()


def to_take_home(*, now: datetime, limit: int) -> list[tuple[UUID, str, str]]:
    """Return which lines the end of the service has still to empty: number, package, asset."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_TAKE_HOME, {"month": month_of(now), "limit": limit})
        return [(number, package, asset) for number, package, asset in cursor.fetchall()]


def own_data_on_its_way() -> int:
    """Return how many deposits and take-backs wait for their carriers."""
    asked = Deposit.objects.filter(state=Deposit.State.ASKED).count()
    return asked + TakeBack.objects.filter(state=TakeBack.State.ASKED).count()


def deposited_mb(*, number: Number, carrier: str, package: str, month: date) -> int:
    """Return what counts as deposited from a package: asked and proved, less what is back (MB).

    What an earlier holder of the number deposited counts too: the carrier attests one package.
    """
    of_package = Q(
        number__msisdn=number.msisdn, package=package, month=month, instruction__carrier=carrier
    )
    asked = Deposit.objects.filter(of_package).exclude(state=Deposit.State.FAILED)
    back = TakeBack.objects.filter(of_package, state=TakeBack.State.DONE)
    return _sum(asked) - _sum(back)


def _sum(rows: QuerySet[Deposit] | QuerySet[TakeBack]) -> int:
    total: int | None = rows.aggregate(total=Sum("mb"))["total"]
    return total or 0


def depositable_mb(*, number: Number, usage: Usage) -> int:
    """Return how much more of a package may be deposited (MB): nothing unless it is national."""
    if usage.kind != NATIONAL:
        return 0
    deposited = deposited_mb(
        number=number, carrier=usage.carrier_id, package=usage.package, month=usage.month
    )
    return max(usage.allowance_mb - usage.used_mb - deposited, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageState:
    """One package of one number in the current month, in MB."""

    number: Number
    usage: Usage
    deposited_mb: int
    on_its_way_mb: int
    depositable_mb: int

    @property
    def left_mb(self) -> int:
        """Return what is left to use: attested, less what was handed over, wherever it is now."""
        if self.usage.kind == NATIONAL:
            return self.depositable_mb
        return max(self.usage.allowance_mb - self.usage.used_mb, 0)


def packages_of(*, holder: Holder, month: date) -> list[PackageState]:
    """Return every package of a holder's numbers in a month, by number and package."""
    return [
        state for number in numbers_of(holder) for state in _packages_of_number(number, month=month)
    ]


def _packages_of_number(number: Number, *, month: date) -> Iterable[PackageState]:
    prefix = line_of(number=number, package="")
    asset = surplus_asset(carrier=number.carrier_id, month=month)
    on_line = {
        held.address.removeprefix(prefix): held.amount
        for held in holdings_under(prefix)
        if held.asset == asset
    }
    asked = dict(
        Deposit.objects.filter(number=number, month=month, state=Deposit.State.ASKED)
        .values_list("package")
        .annotate(mb=Sum("mb"))
    )
    for usage in attested(msisdn=number.msisdn, carrier=number.carrier_id, month=month):
        yield PackageState(
            number=number,
            usage=usage,
            deposited_mb=on_line.get(usage.package, 0),
            on_its_way_mb=asked.get(usage.package, 0),
            depositable_mb=depositable_mb(number=number, usage=usage),
        )


def deposits_of(holder: Holder) -> QuerySet[Deposit]:
    """Return a holder's deposits, newest first."""
    rows = Deposit.objects.filter(holder=holder).select_related("number", "instruction")
    return rows.order_by("-asked_at", "-id")


def has_deposits_under_way(holder: Holder) -> bool:
    """Tell whether a carrier has yet to say what became of a deposit of a holder's."""
    return deposits_of(holder).filter(state=Deposit.State.ASKED).exists()


def take_backs_of(holder: Holder) -> QuerySet[TakeBack]:
    """Return a holder's take-backs, newest first."""
    rows = TakeBack.objects.filter(holder=holder).select_related("number", "instruction")
    return rows.order_by("-asked_at", "-id")


def deposit_of(*, holder: Holder, deposit_id: UUID) -> Deposit:
    """Return one of a holder's deposits.

    Raises:
        UnknownId: the holder has no such deposit.
    """
    found = deposits_of(holder).filter(pk=deposit_id).first()
    if found is None:
        raise UnknownId("You have no such deposit.")
    return found


def take_back_of(*, holder: Holder, take_back_id: UUID) -> TakeBack:
    """Return one of a holder's take-backs.

    Raises:
        UnknownId: the holder has no such take-back.
    """
    found = take_backs_of(holder).filter(pk=take_back_id).first()
    if found is None:
        raise UnknownId("You have no such take-back.")
    return found


def take_backs_waiting(holder: Holder) -> list[SetAside]:
    """Return what of a holder is on its way back to its packages."""
    return [
        SetAside(
            id=opaque_id("tkb", row.pk),
            asset=surplus_asset(carrier=row.instruction.carrier_id, month=row.month),
            amount=row.mb,
        )
        for row in take_backs_of(holder).filter(state=TakeBack.State.ASKED)
    ]


def cause_of_take_back(address: str) -> Cause | None:
    """Return the take-back behind `delivery/<id>`, if it is one."""
    row = TakeBack.objects.filter(pk=address.split("/")[1]).select_related("number").first()
    if row is None:
        return None
    return Cause(
        title=_("在途的自有流量取回"),
        facts={
            _("持有人"): str(row.holder_id),
            _("号码"): masked(msisdn=row.number.msisdn),
            _("套餐"): row.package,
            _("月份"): month_name(row.month),
            "MB": str(row.mb),
            _("状态"): row.get_state_display(),
        },
    )


def cause_of_line(address: str) -> Cause | None:
    """Return the number and package behind `line/<number>/<package>`."""
    __, number_id, package = address.split("/")
    number = Number.objects.filter(pk=number_id).first()
    if number is None:
        return None
    return Cause(
        title=_("存入的自有流量"),
        facts={
            _("号码"): masked(msisdn=number.msisdn),
            _("持有人"): str(number.holder_id or number.former_id),
            _("套餐"): package,
        },
    )


def take_backs_owned_by(holder: UUID, *, start: datetime, end: datetime) -> Iterator[str]:
    """Return where a holder's take-backs waited at some time between two instants."""
    waited = Q(ended_at__isnull=True) | Q(ended_at__gte=start)
    rows = TakeBack.objects.filter(waited, holder=holder, asked_at__lt=end)
    return (f"delivery/{row}" for row in rows.values_list("pk", flat=True))


def personal_of_take_back(take_back: UUID) -> Mapping[str, str] | None:
    """Return the whole number a take-back goes to."""
    row = TakeBack.objects.filter(pk=take_back).select_related("number").first()
    return None if row is None else {_("号码"): row.number.msisdn}
