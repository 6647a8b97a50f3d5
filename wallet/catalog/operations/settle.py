"""Post what partners decided of purchases."""

from collections.abc import Sequence
from datetime import datetime

from ledger.rules import COIN, Posting, derived_id, move
from wallet.carriers.instructions.settlement import settle_decided
from wallet.carriers.models import Instruction
from wallet.catalog.models import Purchase
from wallet.catalog.rules import held_at, merchant_payable
from wallet.holders.operations import tell
from wallet.holders.queries import main_of
from wallet.merchants.rules import merchant_budget

ACTOR = "task/catalog"
SETTLED_MAX = 200


def settle_purchases(*, now: datetime, limit: int = SETTLED_MAX) -> int:
    """Post the outcome of purchases their partners decided; return how many were settled.

    What was delivered is paid for, what was not goes back to where the coins came from.
    """

    def outcomes(decided: Sequence[Instruction]) -> list[Posting]:
        rows = (
            Purchase.objects.select_for_update(of=("self",), no_key=True)
            .filter(instruction__in=decided)
            .select_related("holder", "instruction", "product__partner")
            .order_by("id")
        )
        return [_outcome(row, now=now) for row in rows]

    return len(settle_decided(about="purchase", outcomes=outcomes, now=now, limit=limit))


def _outcome(row: Purchase, *, now: datetime) -> Posting:
    is_done = row.instruction.state == Instruction.State.DELIVERED
    row.state = Purchase.State.DELIVERED if is_done else Purchase.State.REFUNDED
    row.ended_at = now
    row.save(update_fields=["state", "ended_at"])
    if row.gives_coins:
        _tell_of_points(row, now=now)
        kind = "points_in_paid" if is_done else "points_in_returned"
    else:
        _tell_of_goods(row, now=now)
        kind = "purchase_delivered" if is_done else "purchase_refunded"
    return Posting(
        id=derived_id(row.pk, "end"),
        kind=kind,
        at=now,
        actor=ACTOR,
        legs=move(asset=COIN, amount=row.coins, source=held_at(row.pk), target=_target(row)),
        metadata={"purchase": str(row.pk)},
    )


def _target(row: Purchase) -> str:
    merchant, is_done = row.product.partner.merchant_id, row.state == Purchase.State.DELIVERED
    if row.gives_coins:
        return main_of(row.holder) if is_done else merchant_budget(merchant)
    return merchant_payable(merchant) if is_done else main_of(row.holder)


def _tell_of_goods(row: Purchase, *, now: datetime) -> None:
    facts = _facts(row)
    if row.state == Purchase.State.DELIVERED:
        tell(holder=row.holder, kind="purchase_delivered", subject_id=row.pk, facts=facts, now=now)
    else:
        tell(holder=row.holder, kind="purchase_refunded", subject_id=row.pk, facts=facts, now=now)


def _tell_of_points(row: Purchase, *, now: datetime) -> None:
    facts = _facts(row)
    if row.state == Purchase.State.DELIVERED:
        tell(holder=row.holder, kind="points_paid", subject_id=row.pk, facts=facts, now=now)
    else:
        tell(holder=row.holder, kind="points_not_taken", subject_id=row.pk, facts=facts, now=now)


def _facts(row: Purchase) -> dict[str, str | int | None]:
    return {"coins": row.coins, "reason": row.instruction.reason}
