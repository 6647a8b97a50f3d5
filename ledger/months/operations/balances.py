"""The close's last stage: each account's balance at the month's end is written down."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from ledger.months.rules import hex_shards
from ledger.operations import refusing
from ledger.registry import ClosingMonth, Stage
from ledger.rules import Posting


def _plan_nothing(closing: ClosingMonth, shard: str) -> Sequence[Posting]:
    return ()


def _record_balances(closing: ClosingMonth, shard: str, postings: Sequence[Posting]) -> None:
    first, last = UUID(shard + "0" * 31), UUID(shard + "f" * 31)
    with refusing(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.ledger_write_closing_balances_v1(%s, %s, %s)",
            [closing.month, first, last],
        )


BALANCES = Stage(
    name="closing_balances",
    title=_("记期末余额"),
    place=90,
    shards=lambda _closing: hex_shards(1),
    plan=_plan_nothing,
    record=_record_balances,
)
