"""Reads across the families, each for a whole page at once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from ledger.models import Account, Balance, Entry
from ledger.rules import COIN, goods_of, month_of
from wallet.carriers.models import Usage
from wallet.holders.models import Holder, Number
from wallet.holders.queries import ever_numbers_of, line_of, main_of, numbers_of
from wallet.rollover.models import Deposit, TakeBack
from wallet.rollover.rules import surplus_asset


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package of one number in one month, in MB.

    `left_mb` is what the carrier still has for the number: allowance − used − handed over to us.
    `deposited_mb` lies on the number's line here and may be sold, given or taken back;
    `on_its_way_mb` was handed over and waits for the carrier's word.
    """

    number: Number
    package: str
    month: date
    kind: str
    allowance_mb: int
    used_mb: int
    left_mb: int
    deposited_mb: int
    on_its_way_mb: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Data or vouchers (MB) in the wallet, good until their month's end."""

    asset: str
    goods: str
    carrier: str
    month: date
    mb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """What a holder has, as the home page shows it, and the numbers it has it on."""

    numbers: list[Number]
    coins: int
    goods: list[Goods]
    packages: list[Package]


def wallet_of(holder: Holder, *, now: datetime) -> Wallet:
    """Return coins, goods by expiry and this month's packages of a holder."""
    numbers = list(numbers_of(holder))
    held = _held(holder=holder, numbers=numbers)
    main = held.get(main_of(holder), {})
    return Wallet(
        numbers=numbers,
        coins=main.get(COIN, 0),
        goods=_goods(main),
        packages=_packages(numbers=numbers, month=month_of(now), held=held),
    )


def _held(*, holder: Holder, numbers: Iterable[Number]) -> Mapping[str, Mapping[str, int]]:
    """Return amounts by address and asset, of the wallet and of its numbers' lines."""
    rows = (
        Balance.objects.filter(account__in=_accounts_of(holder=holder, numbers=numbers))
        .exclude(balance=0)
        .values_list("account__address", "account__asset", "balance")
    )
    held: dict[str, dict[str, int]] = {}
    for address, asset, amount in rows:
        held.setdefault(address, {})[asset] = amount
    return held


def _accounts_of(*, holder: Holder, numbers: Iterable[Number]) -> QuerySet[Account]:
    under = Q(address__startswith=f"holder/{holder.pk}/")
    for number in numbers:
        under |= Q(address__startswith=f"line/{number.pk}/")
    return Account.objects.filter(under)


def _goods(main: Mapping[str, int]) -> list[Goods]:
    """Return what expires, the earliest first."""
    named = [(asset, goods_of(asset), mb) for asset, mb in main.items()]
    goods = [
        Goods(asset=asset, goods=name.goods, carrier=name.carrier, month=name.month, mb=mb)
        for asset, name, mb in named
        if name is not None
    ]
    return sorted(goods, key=lambda each: (each.month, each.asset))


def _packages(
    *, numbers: list[Number], month: date, held: Mapping[str, Mapping[str, int]]
) -> list[Package]:
    by_msisdn = {number.msisdn: number for number in numbers}
    rows = Usage.objects.filter(msisdn__in=by_msisdn, month=month).order_by("msisdn", "package")
    of_month = {"number__in": numbers, "month": month}
    asked, done = _deposited(Deposit.objects.filter(**of_month))
    back = _summed(TakeBack.objects.filter(**of_month, state=TakeBack.State.DONE))
    packages = []
    for row in rows:
        number = by_msisdn[row.msisdn]
        if row.carrier_id != number.carrier_id:
            continue  # attested by the carrier the number has left
        line = held.get(line_of(number=number, package=row.package), {})
        surplus = surplus_asset(carrier=number.carrier_id, month=month)
        key = (number.pk, row.package, row.carrier_id)
        handed_over = done[key] + asked[key] - back[key]
        packages.append(
            Package(
                number=number,
                package=row.package,
                month=month,
                kind=row.kind,
                allowance_mb=row.allowance_mb,
                used_mb=row.used_mb,
                left_mb=max(row.allowance_mb - row.used_mb - handed_over, 0),
                deposited_mb=line.get(surplus, 0),
                on_its_way_mb=asked[key],
                as_of=row.as_of,
            )
        )
    return packages


def _deposited(
    rows: QuerySet[Deposit],
) -> tuple[Counter[tuple[UUID, str, str]], Counter[tuple[UUID, str, str]]]:
    """Return MB asked and MB done, each by number, package and carrier."""
    asked: Counter[tuple[UUID, str, str]] = Counter()
    done: Counter[tuple[UUID, str, str]] = Counter()
    sums = rows.values_list("number_id", "package", "instruction__carrier_id", "state").annotate(
        total=Sum("mb")
    )
    for number, package, carrier, state, mb in sums:
        if state == Deposit.State.ASKED:
            asked[number, package, carrier] = mb
        elif state == Deposit.State.DONE:
            done[number, package, carrier] = mb
    return asked, done


def _summed(rows: QuerySet[TakeBack]) -> Counter[tuple[UUID, str, str]]:
    """Return MB by number, package and carrier."""
    sums = rows.values_list("number_id", "package", "instruction__carrier_id").annotate(
        total=Sum("mb")
    )
    return Counter({(number, package, carrier): mb for number, package, carrier, mb in sums})


def entries_of(
    holder: Holder, *, month: date | None = None, numbers: Iterable[Number] | None = None
) -> QuerySet[Entry]:
    """Return the entries of a holder's wallet and lines, newest posting first.

    `numbers` are the holder's, where they were read already.
    """
    ids = _account_ids(holder, numbers=numbers)
    found = Entry.objects.filter(account_id__in=ids).select_related("account", "transaction")
    return (found.filter(month=month) if month else found).order_by("-id")


def _account_ids(holder: Holder, *, numbers: Iterable[Number] | None = None) -> list[UUID]:
    """Read which accounts are a holder's: the planner then looks up a few ids in a month's key."""
    known = ever_numbers_of(holder) if numbers is None else numbers
    return list(_accounts_of(holder=holder, numbers=known).values_list("id", flat=True))


def last_entries_of(holder: Holder, *, month: date | None = None) -> QuerySet[Entry]:
    """Return, of each of a holder's transactions, the last entry that is the holder's.

    They tell the transactions apart: one that moved several things is there once.
    """
    ids = _account_ids(holder)
    later = Entry.objects.filter(
        transaction=OuterRef("transaction"),
        month=OuterRef("month"),
        account_id__in=ids,
        id__gt=OuterRef("id"),
    )
    found = Entry.objects.filter(~Exists(later), account_id__in=ids)
    return (found.filter(month=month) if month else found).select_related("transaction")


def entries_in(entries: Sequence[Entry], *, holder: Holder) -> Mapping[UUID, list[Entry]]:
    """Return a holder's entries, as posted, of the transactions these entries are of."""
    rows = Entry.objects.filter(
        transaction__in={entry.transaction_id for entry in entries},
        month__in={entry.month for entry in entries},
        account_id__in=_account_ids(holder),
    )
    own: dict[UUID, list[Entry]] = {}
    for row in rows.select_related("account").order_by("id"):
        own.setdefault(row.transaction_id, []).append(row)
    return own


def other_sides(entries: Iterable[Entry]) -> dict[UUID, list[str]]:
    """Return, by transaction, the addresses on the other side of these entries."""
    own = {entry.account_id for entry in entries}
    sides: dict[UUID, list[str]] = {}
    rows = (
        Entry.objects.filter(
            transaction_id__in={entry.transaction_id for entry in entries},
            month__in={entry.month for entry in entries},
        )
        .exclude(account_id__in=own)
        .order_by("id")
        .values_list("transaction_id", "account__address")
    )
    for transaction, address in rows:
        sides.setdefault(transaction, []).append(address)
    return sides
