"""The close's part: a statement for each carrier, and the netting of what they redeemed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from ledger.registry import ClosingMonth, Stage
from ledger.rules import Posting, derived_id
from wallet.carriers.models import Carrier
from wallet.clearing.models import Clearing, ClearingLine, ClearingStatement
from wallet.clearing.queries import (
    charges_by,
    credits_in,
    credits_kept,
    outstanding_at_end_of,
    prices_at,
)
from wallet.clearing.rules import apportioned, fen_of

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
    clearing.outstanding = outstanding_at_end_of(closing.month)
    clearing.save(update_fields=["outstanding"])
    for statement in list(clearing.statements.order_by("carrier")):
        charge_issuers(statement, clearing=clearing)


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


def charge_issuers(statement: ClearingStatement, *, clearing: Clearing) -> None:
    """Charge what a carrier redeemed to the issuers, in proportion to their outstanding coins.

    Where nobody's coins are outstanding the carrier bears it itself. Asked again after a line
    was left out, only what changed is written, and is to be confirmed anew; in a statement
    already retired it stays confirmed, since a share only ever gets smaller that way.
    """
    total = credits_kept(statement).aggregate(coins=Sum("coins"), of=Sum("transactions"))
    coins = int(total["coins"] or 0)
    shares = apportioned(coins, weights=clearing.outstanding)
    if coins and not shares:
        shares = {statement.carrier_id: coins}
    before = {line.statement.carrier_id: line for line in charges_by(statement)}
    for issuer in sorted({*shares, *before}):
        share = shares.get(issuer, 0)
        fen = fen_of(share, fen_per_1000=clearing.prices[statement.carrier_id])
        line = before.get(issuer) or _new_charge(statement, clearing=clearing, issuer=issuer)
        if line.coins != share:
            line.coins, line.fen, line.transactions = share, fen, int(total["of"] or 0)
            if line.statement.retired_at is None:
                line.state = ClearingLine.State.OPEN if share else ClearingLine.State.CONFIRMED
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
