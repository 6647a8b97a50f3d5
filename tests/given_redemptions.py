"""Coins redeemed many at a time: the rows and postings that the operations write one by one."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from ledger.operations import post_batch
from ledger.rules import month_of
from tests.given import an_msisdn
from wallet.carriers.models import Instruction
from wallet.convert.models import Conversion
from wallet.convert.operations import settle_conversions
from wallet.convert.operations.convert import conversion_set_aside
from wallet.holders.models import Holder


def redeem_all(holder: Holder, *, asked: Sequence[tuple[str, int]], now: datetime) -> None:
    """Turn coins into data at carriers that deliver at once: each a carrier and how many.

    What `convert_coins` and a carrier's answer write is written together (a test compares them);
    what was delivered is settled as it always is.
    """
    rows = [_delivered(holder, carrier=carrier, coins=coins, now=now) for carrier, coins in asked]
    Instruction.objects.bulk_create(row.instruction for row in rows)
    Conversion.objects.bulk_create(rows)
    post_batch([conversion_set_aside(row, now=now) for row in rows])
    assert settle_conversions(now=now, limit=len(rows)) == len(rows)


def _delivered(holder: Holder, *, carrier: str, coins: int, now: datetime) -> Conversion:
    instruction = Instruction(
        id=uuid.uuid4(),
        carrier_id=carrier,
        kind=Instruction.Kind.SUBMIT,
        msisdn=an_msisdn(carrier=carrier),
        mb=coins,
        month=month_of(now),
        state=Instruction.State.DELIVERED,
        attempts=1,
        next_at=now,
        created_at=now,
        submitted_at=now,
        decided_at=now,
    )
    return Conversion(
        id=instruction.pk,
        holder=holder,
        msisdn=instruction.msisdn,
        carrier_id=carrier,
        instruction=instruction,
        coins=coins,
        made_at=now,
    )
