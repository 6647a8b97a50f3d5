"""Keep a released number's own data for whoever deposited it."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from ledger.models import Balance
from ledger.operations import post
from ledger.rules import Leg, Posting, derived_id, goods_of, month_of, monthly_asset, move
from wallet.holders.models import Holder, Number
from wallet.holders.operations import lock_holder, tell
from wallet.holders.queries import line_of, main_of

_WITH_DATA = (Path(__file__).parents[1] / "sql" / "released_with_data_v1.sql").read_text()


@transaction.atomic
def keep_released_data(*, number: Number, now: datetime) -> int:
    """Turn what lies on a released number's lines into its former holder's data; return the MB.

    It was deposited with the carrier's proof, so it is nobody else's; without the number it can
    neither be taken back nor rolled, so it becomes DATA, as if its owner had given it away. What
    is past its month, or of a wallet that has ended, expires. The caller has the holder's lock,
    or nothing locked.
    """
    former = lock_holder(Holder(pk=number.former_id))
    prefix = line_of(number=number, package="")
    lying = Balance.objects.filter(account__address__startswith=prefix, balance__gt=0)
    rows = list(
        lying.order_by("account__address", "account__asset").values_list(
            "account__address", "account__asset", "balance", "version"
        )
    )
    legs = tuple(
        leg
        for address, asset, mb, _ in rows
        for leg in _legs(line=address, asset=asset, mb=mb, owner=former, now=now)
    )
    if not legs:
        return 0
    mb = sum(row[2] for row in rows)
    # By the lines' versions: something may come back to them more than once.
    versions = (f"{address}/{asset}/{version}" for address, asset, _, version in rows)
    posting_id = derived_id(number.pk, "number_left", *versions)
    tell(
        holder=former,
        kind="number_left",
        subject_id=posting_id,
        now=now,
        facts={"mb": mb, "number": str(number)},
    )
    post(
        Posting(
            id=posting_id,
            kind="number_left",
            at=now,
            actor="task/keep_released_data",
            legs=legs,
            metadata={"number": str(number.pk)},
        )
    )
    return mb


def _legs(*, line: str, asset: str, mb: int, owner: Holder, now: datetime) -> tuple[Leg, ...]:
    named = goods_of(asset)
    assert named is not None
    if named.month < month_of(now) or owner.closed_at is not None:
        return move(asset=asset, amount=mb, source=line, target="system/expired")
    data = monthly_asset(goods="DATA", carrier=named.carrier, month=named.month)
    return (
        *move(asset=asset, amount=mb, source=line, target="system/sold"),
        *move(asset=data, amount=mb, source="system/sold", target=main_of(owner)),
    )


def keep_what_came_back(*, now: datetime, limit: int = 500) -> list[UUID]:
    """Keep what came back to the lines of released numbers, and return the numbers' ids."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_DATA, {"limit": limit})
        found = [row[0] for row in cursor.fetchall()]
    for number in Number.objects.filter(pk__in=found, holder=None).order_by("id"):
        keep_released_data(number=number, now=now)
    return found
