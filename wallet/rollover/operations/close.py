"""The month's end of own data: what is left rolls into vouchers, the rest expires."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ledger.models import Account
from ledger.months.queries import expiry_postings, postings_of_expiry
from ledger.months.rules import hex_shards, id_bounds
from ledger.registry import ClosingMonth, Stage
from ledger.rules import (
    Leg,
    Posting,
    derived_month_id,
    month_after,
    move,
    starts_at,
)
from wallet.carriers.models import Usage
from wallet.holders.models import Notice, Number
from wallet.rollover.models import Deposit, Roll, RollAnswer, TakeBack
from wallet.rollover.queries import rollover_policies
from wallet.rollover.rules import Rolled, rolled, rule_in, surplus_asset, voucher_asset

INPUT = "rollover"
_SQL = Path(__file__).parents[1] / "sql"
_ROLLING = (_SQL / "rolling_v3.sql").read_text()
_LINES_EXPIRING = (_SQL / "lines_expiring_v1.sql").read_text()


def freeze_rolls(month: date, at: datetime) -> Mapping[str, Any]:
    """Mark the attestations a month's close rolls by, and return the rules in force at its end.

    A package takes part when its final figures are in, a holder has its number and, where the
    number asks, said what to do, and no deduct or restore of the number was open at the month's
    end. Marked once, what is read or decided later
    waits for the late roll: run again, the close computes the same.
    """
    ends_at = starts_at(month_after(month))
    open_at_end = Q(ended_at__isnull=True) | Q(ended_at__gte=ends_at)
    of_number = Q(number__msisdn=OuterRef("msisdn"), month=month)
    Usage.objects.filter(
        Exists(Number.objects.filter(msisdn=OuterRef("msisdn"), holder__isnull=False)),
        ~Exists(_unanswered(month=month, ends_at=ends_at)),
        ~Exists(Deposit.objects.filter(of_number, open_at_end)),
        ~Exists(TakeBack.objects.filter(of_number, open_at_end)),
        month=month,
        final=True,
    ).update(in_close=True)
    attestations = (
        Usage.objects.filter(month=month, in_close=True)
        .values("carrier")
        .annotate(packages=Count("id"), as_of=Max("as_of"))
        .order_by("carrier")
    )
    return {
        "attested": {
            row["carrier"]: {"packages": row["packages"], "as_of": row["as_of"].isoformat()}
            for row in attestations
        },
        "policies": rollover_policies(at=at),
    }


def _unanswered(*, month: date, ends_at: datetime) -> QuerySet[Number]:
    """Return the attested number if it asks and nothing was said of the month before its end."""
    said = RollAnswer.objects.filter(number=OuterRef("pk"), month=month, answered_at__lt=ends_at)
    return Number.objects.filter(
        ~Exists(said), msisdn=OuterRef("msisdn"), holder__isnull=False, roll_wish__asks=True
    )


def _roll_postings(closing: ClosingMonth, shard: str) -> list[Posting]:
    policies = closing.inputs[INPUT]["policies"]
    with connection.cursor() as cursor:
        cursor.execute(_ROLLING, _bounds(closing, shard))
        rows = cursor.fetchall()
    postings = []
    for number, holder, carrier, province, package, kind, left, deposited, line, rolls in rows:
        rule = rule_in(policies=policies, carrier=carrier, province=province)
        amounts = rolled(rule=rule, kind=kind, line_mb=line, remainder_mb=max(left - deposited, 0))
        if rolls and amounts.voucher_mb:
            postings.append(
                Posting(
                    id=derived_month_id(closing.month, "roll", number, carrier, package),
                    kind="roll",
                    at=closing.at,
                    actor="close",
                    month=closing.month,
                    legs=roll_legs(
                        number=number,
                        holder=holder,
                        package=package,
                        surplus=surplus_asset(carrier=carrier, month=closing.month),
                        voucher=voucher_asset(
                            carrier=carrier, month=closing.month, valid_months=rule.valid_months
                        ),
                        amounts=amounts,
                    ),
                    metadata=roll_facts(number=number, package=package, amounts=amounts),
                )
            )
    return postings


def roll_legs(
    *, number: UUID, holder: UUID, package: str, surplus: str, voucher: str, amounts: Rolled
) -> tuple[Leg, ...]:
    """Return the legs of a roll: SURPLUS off the line, and a voucher for it and the remainder."""
    legs: tuple[Leg, ...] = move(
        asset=voucher,
        amount=amounts.voucher_mb,
        source="system/vouchers",
        target=f"holder/{holder}/main",
    )
    if amounts.surplus_mb:
        legs += move(
            asset=surplus,
            amount=amounts.surplus_mb,
            source=f"line/{number}/{package}",
            target="system/rolled",
        )
    return legs


def roll_facts(*, number: UUID, package: str, amounts: Rolled) -> dict[str, str | int]:
    """Return what a roll's posting says beside its legs."""
    return {
        "number": str(number),
        "package": package,
        "surplus_mb": amounts.surplus_mb,
        "remainder_mb": amounts.remainder_mb,
    }


def record_rolls(month: date, *, at: datetime, postings: Sequence[Posting]) -> None:
    """Write the rows of a month's rolls, and tell their holders."""
    rows = [_roll_row(posting, month=month, at=at) for posting in postings]
    Roll.objects.bulk_create(rows)
    Notice.objects.bulk_create(
        (
            Notice(
                holder_id=row.holder_id,
                kind="data_rolled",
                facts={
                    "mb": row.surplus_mb + row.remainder_mb,
                    "asset": row.voucher_asset,
                    "package": row.package,
                },
                subject_id=row.pk,
                at=at,
            )
            for row in rows
        ),
        ignore_conflicts=True,
    )


def _roll_row(posting: Posting, *, month: date, at: datetime) -> Roll:
    voucher = next(leg for leg in posting.legs if leg.address.startswith("holder/"))
    return Roll(
        id=posting.id,
        holder_id=voucher.address.split("/")[1],
        number_id=str(posting.metadata["number"]),
        package=str(posting.metadata["package"]),
        month=month,
        surplus_mb=int(posting.metadata["surplus_mb"] or 0),
        remainder_mb=int(posting.metadata["remainder_mb"] or 0),
        voucher_asset=voucher.asset,
        rolled_at=at,
    )


def _record_rolls(closing: ClosingMonth, shard: str, postings: Sequence[Posting]) -> None:
    record_rolls(closing.month, at=closing.at, postings=postings)


def _by_packages(closing: ClosingMonth) -> Sequence[str]:
    return hex_shards(Usage.objects.filter(month=closing.month, in_close=True).count())


def _by_holdings(closing: ClosingMonth) -> Sequence[str]:
    return _by_due(closing, "holder/")


def _by_gifts(closing: ClosingMonth) -> Sequence[str]:
    return _by_due(closing, "gift/")


def _by_due(closing: ClosingMonth, prefix: str) -> Sequence[str]:
    due = Account.objects.filter(address__startswith=prefix, expires_month__lte=closing.month)
    return hex_shards(due.count())


def _bounds(closing: ClosingMonth, shard: str) -> dict[str, date | datetime | UUID]:
    first, last = id_bounds(shard)
    return {
        "month": closing.month,
        "first": UUID(first),
        "last": UUID(last),
        "ends_at": starts_at(month_after(closing.month)),
    }


def _holder_expiry(closing: ClosingMonth, shard: str) -> list[Posting]:
    return expiry_postings(closing, f"holder/{shard}")


def _gift_expiry(closing: ClosingMonth, shard: str) -> list[Posting]:
    return expiry_postings(closing, f"gift/{shard}")


def _line_expiry(closing: ClosingMonth, shard: str) -> list[Posting]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES_EXPIRING, _bounds(closing, shard))
        return postings_of_expiry(closing, cursor.fetchall())


def _tell_expired(closing: ClosingMonth, shard: str, postings: Sequence[Posting]) -> None:
    holder_of = _holders(postings)
    Notice.objects.bulk_create(
        (
            Notice(
                holder_id=holder_of[posting.legs[0].address],
                kind="data_expired",
                facts={"mb": _expired_mb(posting)},
                subject_id=posting.id,
                at=closing.at,
            )
            for posting in postings
        ),
        ignore_conflicts=True,
    )


def _expired_mb(posting: Posting) -> int:
    return sum(leg.amount for leg in posting.legs if leg.amount > 0)


def _holders(postings: Sequence[Posting]) -> dict[str, UUID]:
    """Return whose each address of a person or of a person's number is."""
    addresses = [posting.legs[0].address for posting in postings]
    owners = dict(
        Number.objects.filter(
            pk__in=[one.split("/")[1] for one in addresses if one.startswith("line/")]
        ).values_list("pk", Coalesce("holder_id", "former_id"))
    )
    found = {}
    for address in addresses:
        subject = UUID(address.split("/")[1])
        found[address] = owners.get(subject) or subject
    return found


STAGES = (
    Stage(
        name="roll",
        title=_("结转流量，发流量券"),
        place=20,
        shards=_by_packages,
        plan=_roll_postings,
        record=_record_rolls,
    ),
    Stage(
        name="expire_holders",
        title=_("个人手里到期的流量作废"),
        place=30,
        shards=_by_holdings,
        plan=_holder_expiry,
        record=_tell_expired,
    ),
    # The gifts themselves are noted as expired, and their senders told, by the gifts' own sweep.
    Stage(
        name="expire_gifts",
        title=_("没有被领的到期流量作废"),
        place=30,
        shards=_by_gifts,
        plan=_gift_expiry,
    ),
    Stage(
        name="expire_lines",
        title=_("没有结转的存入流量作废"),
        place=30,
        shards=_by_packages,
        plan=_line_expiry,
        record=_tell_expired,
    ),
)
