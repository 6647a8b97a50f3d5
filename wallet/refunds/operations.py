"""List what cannot be delivered as money owed by the coins' issuers, and note what was paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post, post_batch
from ledger.queries import Holding
from ledger.refusals import KeyReused, Refusal
from ledger.rules import CNY, COIN, Leg, Posting, derived_id, merged, move
from wallet.clearing.queries import prices_at
from wallet.clearing.rules import fen_of, in_yuan
from wallet.holders.models import Notice
from wallet.holders.operations import tell
from wallet.refunds.models import CashRefund
from wallet.refunds.queries import (
    Creditor,
    creditors_at,
    listings_of,
    owed_by_issuers,
    prices,
    to_refund,
)
from wallet.refunds.rules import (
    Price,
    cash_address,
    cost_address,
    price_fen,
    refunds_address,
    revenue_address,
    shared,
)
from wallet.winddown.models import WindDown

ACTOR = "task/list_refunds"
REFERENCE_LENGTH_MAX = 64


class CoinsWithoutIssuer(Refusal):
    """More coins are left than issuers owe: somebody was given coins that nobody issued."""

    code = "coins_without_issuer"


class RefundReferenceMissing(Refusal):
    """A payment is noted with the reference by which the bank knows it, at most 64 characters."""

    code = "refund_reference_missing"
    status = 422


class NotRefundedInCash(Refusal):
    """What issuers owe carriers is cleared among them, not paid from a list."""

    code = "not_refunded_in_cash"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What lay at one address, whom it is owed to, and which issuers share it."""

    rows: tuple[CashRefund, ...]
    posting: Posting


@transaction.atomic
def list_refunds(*, now: datetime, limit: int = 500) -> int:
    """Take coins that cannot be delivered back to their issuers, as fen these owe; return how many.

    Issuers share them in proportion to what each still has outstanding, so that in the end
    nothing is. One address at a time counts: who runs this beside another waits.

    Raises:
        CoinsWithoutIssuer: more coins are left than issuers owe.
    """
    WindDown.objects.select_for_update().get(begun_at__isnull=False)
    found = to_refund(limit=limit)
    creditors = creditors_at([holding.address for holding in found])
    listed = _listed(found, creditors=creditors, now=now)
    rows = [row for one in listed for row in one.rows]
    CashRefund.objects.bulk_create(rows)
    Notice.objects.bulk_create(_notices(rows, now=now))
    post_batch([one.posting for one in listed])
    return len(listed)


def _listed(
    found: Sequence[Holding], *, creditors: Mapping[str, Creditor], now: datetime
) -> list[_Listed]:
    owed = owed_by_issuers()
    cleared_at = prices_at(now)
    before = listings_of([holding.address for holding in found])
    priced = prices(issuers=list(owed), now=now)
    listed = []
    for holding in found:
        if holding.amount > sum(owed.values()):
            raise CoinsWithoutIssuer(
                f"{holding.address} holds coins that nobody issued.", address=holding.address
            )
        parts = shared(coins=holding.amount, owed=owed)
        owed = {issuer: coins - parts.get(issuer, 0) for issuer, coins in owed.items()}
        creditor = creditors[holding.address]
        fen = {
            issuer: _fen(coins, creditor=creditor, price=priced[issuer], cleared_at=cleared_at)
            for issuer, coins in parts.items()
        }
        # What comes to an address after it was listed is a posting of its own.
        posting = derived_id("wind_down_refund", holding.address, before.get(holding.address, 0))
        listed.append(_line(posting, holding.address, creditor, parts=parts, fen=fen, now=now))
    return listed


def _fen(coins: int, *, creditor: Creditor, price: Price, cleared_at: Mapping[str, int]) -> int:
    """Return what coins cost: a carrier is paid for what it redeemed as any month clears it."""
    if creditor.carrier is None:
        return price_fen(coins=coins, price=price)
    return fen_of(coins, fen_per_1000=cleared_at[creditor.carrier])


def _line(
    posting: UUID,
    address: str,
    creditor: Creditor,
    *,
    parts: Mapping[str, int],
    fen: Mapping[str, int],
    now: datetime,
) -> _Listed:
    rows = tuple(
        CashRefund(
            id=derived_id(posting, issuer),
            posting=posting,
            address=address,
            holder_id=creditor.holder,
            carrier_id=creditor.carrier,
            issuer_id=issuer,
            coins=coins,
            fen=fen[issuer],
            listed_at=now,
        )
        for issuer, coins in parts.items()
    )
    return _Listed(
        rows=rows,
        posting=Posting(
            id=posting,
            kind="wind_down_refund",
            at=now,
            actor=ACTOR,
            legs=merged(leg for row in rows for leg in _legs(row)),
            metadata={"address": address},
        ),
    )


def _legs(row: CashRefund) -> tuple[Leg, ...]:
    issuer, revenue = row.issuer_id, revenue_address(issuer=row.issuer_id)
    target = (
        cost_address(carrier=row.carrier_id) if row.carrier_id else refunds_address(issuer=issuer)
    )
    return (
        *move(asset=COIN, amount=row.coins, source=row.address, target=f"issuer/{issuer}"),
        *(move(asset=CNY, amount=row.fen, source=revenue, target=target) if row.fen else ()),
    )


def _notices(rows: Sequence[CashRefund], *, now: datetime) -> list[Notice]:
    return [
        Notice(
            holder_id=row.holder_id,
            kind="cash_refund_listed",
            subject_id=row.pk,
            facts={"coins": row.coins, "yuan": in_yuan(row.fen), "carrier": row.issuer_id},
            at=now,
        )
        for row in rows
        if row.holder_id
    ]


@transaction.atomic
def note_refund_paid(*, refund: CashRefund, reference: str, by: str, now: datetime) -> CashRefund:
    """Note that an issuer paid a line of its list, by the bank's reference, and return the line.

    Raises:
        RefundReferenceMissing: no reference is given, or one too long.
        NotRefundedInCash: it is owed to a carrier.
        KeyReused: it was paid under another reference.
    """
    reference = reference.strip()
    if not 1 <= len(reference) <= REFERENCE_LENGTH_MAX:
        raise RefundReferenceMissing("Give the bank's reference, in at most 64 characters.")
    row = CashRefund.objects.select_for_update(of=("self",)).get(pk=refund.pk)
    if row.holder_id is None:
        raise NotRefundedInCash("Carriers clear this among themselves.")
    if row.paid_at is not None:
        if row.reference != reference:
            raise KeyReused("It was paid under another reference.", field="reference")
        return row
    row.paid_at, row.paid_by, row.reference = now, by, reference
    row.save(update_fields=["paid_at", "paid_by", "reference"])
    _tell_paid(row, now=now)
    if row.fen:
        post(_payment(row, by=by, now=now))
    return row


def _tell_paid(row: CashRefund, *, now: datetime) -> None:
    assert row.holder is not None
    facts: dict[str, str | int | None] = {"yuan": in_yuan(row.fen), "carrier": row.issuer_id}
    tell(holder=row.holder, kind="cash_refund_paid", subject_id=row.pk, now=now, facts=facts)


def _payment(row: CashRefund, *, by: str, now: datetime) -> Posting:
    source, target = refunds_address(issuer=row.issuer_id), cash_address(issuer=row.issuer_id)
    return Posting(
        id=derived_id(row.pk, "paid"),
        kind="refund_paid",
        at=now,
        actor=by,
        legs=move(asset=CNY, amount=row.fen, source=source, target=target),
        metadata={"refund": str(row.pk)},
    )
