"""The close's part: a statement for each carrier, and the netting of what they redeemed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger.registry import ClosingMonth, Stage
from ledger.rules import Posting, derived_id
from wallet.carriers.models import Carrier
from wallet.clearing.models import Clearing, ClearingLine, ClearingStatement
from wallet.clearing.queries import (
    charges_by,
    credits_in,
    left_of,
    outstanding_at_end_of,
    prices_at,
    redeemed_in,
)
from wallet.clearing.rules import fen_of, shared_anew, shared_in_turn

INPUT = "clearing"
WHOLE = ("all",)


def freeze_prices(month: date, at: datetime) -> Mapping[str, Any]:
    """Return what a month's redemptions are paid, by the policy at its end."""
    return {"prices": prices_at(at)}


def _carriers(closing: ClosingMonth) -> Sequence[str]:
    return list(Carrier.objects.order_by("pk").values_list("pk", flat=True))


def _whole(closing: ClosingMonth) -> Sequence[str]:
    return WHOLE


def _post_nothing(closing: ClosingMonth, shard: str) -> Sequence[Posting]:
    return ()


def _write_credits(closing: ClosingMonth, shard: str, postings: Sequence[Posting]) -> None:
    """Write a carrier's statement: what it redeemed by day, and what was left out before."""
    found = credits_in(carrier=shard, month=closing.month)
    brought = ClearingLine.objects.filter(
        statement__carrier=shard, state=ClearingLine.State.LEFT_OUT, brought=None
    ).order_by("id")
    if not found and not brought:
        return
    statement = _statement(_clearing(closing), carrier=shard)
    lines = [
        ClearingLine(
            id=derived_id(statement.pk, credit.account, credit.kind, credit.day),
            statement=statement,
            side=ClearingLine.Side.CREDIT,
            month=closing.month,
            **credit._asdict(),
        )
        for credit in found
    ]
    ClearingLine.objects.bulk_create(lines + [_brought(line, to=statement) for line in brought])


def _brought(line: ClearingLine, *, to: ClearingStatement) -> ClearingLine:
    return ClearingLine(
        id=derived_id(to.pk, line.pk),
        statement=to,
        origin=line,
        side=line.side,
        account=line.account,
        kind=line.kind,
        month=line.month,
        day=line.day,
        coins=line.coins,
        transactions=line.transactions,
        first_entry=line.first_entry,
        last_entry=line.last_entry,
    )


def _write_netting(closing: ClosingMonth, shard: str, postings: Sequence[Posting]) -> None:
    clearing = Clearing.objects.filter(pk=closing.month).first()
    if clearing is None:
        return
    _hold_earlier(closing)
    clearing.outstanding = outstanding_at_end_of(closing.month)
    clearing.save(update_fields=["outstanding"])
    statements = {row.carrier_id: row for row in clearing.statements.select_related("clearing")}
    redeemed = {code: redeemed_in(row).coins for code, row in statements.items()}
    shares = shared_in_turn(redeemed, outstanding=clearing.outstanding)
    for code, row in sorted(statements.items()):
        _charge(row, shares=shares.get(code, {}))


def _hold_earlier(closing: ClosingMonth) -> None:
    """Let no earlier clearing's charges grow any more: what they ask is no longer owed.

    Who leaves a line out holds its clearing too, and looks for a later one, which is there by now.
    """
    earlier = Clearing.objects.filter(pk__lt=closing.month, settled_at=None).order_by("pk")
    list(earlier.select_for_update().values_list("pk"))


def _clearing(closing: ClosingMonth) -> Clearing:
    prices = closing.inputs[INPUT]["prices"]
    clearing, _made = Clearing.objects.get_or_create(
        pk=closing.month, defaults={"prices": prices, "struck_at": closing.at}
    )
    return clearing


def _statement(clearing: Clearing, *, carrier: str) -> ClearingStatement:
    statement, _made = ClearingStatement.objects.get_or_create(
        pk=derived_id("clearing_statement", clearing.pk, carrier),
        defaults={"clearing": clearing, "carrier_id": carrier, "made_at": clearing.struck_at},
    )
    return statement


def charge_anew(statement: ClearingStatement) -> None:
    """Charge issuers what is left of a carrier's redemptions after one was left out.

    What changed is to be confirmed anew, but in a statement already retired: a share only gets
    smaller when coins that were redeemed are left out.
    """
    before = {line.statement.carrier_id: line.coins for line in charges_by(statement)}
    coins, left = redeemed_in(statement).coins, left_of(statement.clearing)
    _charge(statement, shares=shared_anew(before, coins=coins, left=left))


def _charge(statement: ClearingStatement, *, shares: Mapping[str, int]) -> None:
    """Write what issuers are charged; what nobody owes the carrier bears itself."""
    carrier, clearing = statement.carrier_id, statement.clearing
    redeemed = redeemed_in(statement)
    borne = redeemed.coins - sum(shares.values())
    if borne:
        shares = {**shares, carrier: shares.get(carrier, 0) + borne}
    before = {line.statement.carrier_id: line for line in charges_by(statement)}
    for issuer in sorted({*shares, *before}):
        share = shares.get(issuer, 0)
        line = before.get(issuer) or _new_charge(statement, clearing=clearing, issuer=issuer)
        if line.coins != share and line.statement.retired_at is None:
            line.state = ClearingLine.State.OPEN if share else ClearingLine.State.CONFIRMED
        line.coins, line.transactions = share, redeemed.transactions
        line.fen = fen_of(share, fen_per_1000=clearing.prices[carrier])
        line.save()


def _new_charge(statement: ClearingStatement, *, clearing: Clearing, issuer: str) -> ClearingLine:
    theirs = _statement(clearing, carrier=issuer)
    return ClearingLine(
        id=derived_id(theirs.pk, "charge", statement.carrier_id),
        statement=theirs,
        side=ClearingLine.Side.CHARGE,
        kind="charge",
        month=clearing.pk,
        counterpart_id=statement.carrier_id,
        coins=0,
    )


STAGES = (
    Stage(
        name="carrier_statements",
        title=_("写运营商的月结单"),
        place=50,
        shards=_carriers,
        plan=_post_nothing,
        record=_write_credits,
    ),
    Stage(
        name="netting",
        title=_("运营商之间轧差"),
        place=51,
        shards=_whole,
        plan=_post_nothing,
        record=_write_netting,
    ),
)
