"""O2: rivals deal by netting: nets sum to zero, three transfers at most, every line resolves."""

import os
import uuid
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db.models import Sum

from ledger.operations import post
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from ledger.registry import proofs
from ledger.rules import COIN, Posting, move
from tests.carrying import carriers_answer
from tests.given import NOW, a_holder, a_sponsor, an_msisdn
from tests.given_clearing import CARRIERS, confirm_all, retire, struck
from tests.given_invoices import pay
from tests.wallet.convert.world import reachable
from wallet.clearing.models import Clearing, ClearingLine, ClearingPayment
from wallet.clearing.queries import entries_behind, sums_of
from wallet.convert.models import Conversion
from wallet.convert.operations import convert_coins, settle_conversions
from wallet.holders.queries import main_of
from wallet.sponsors.rules import sponsor_budget

pytestmark = pytest.mark.django_db
#: The capability says 10,000: `make clearings` plays as many.
MOVES = int(os.environ.get("CLEARINGS", "60"))
OURS = {
    "issuers",
    "carriers_paid",
    "statements_resolve",
    "redemptions_charged",
    "statements_booked",
}


def a_clearing() -> Clearing:
    """Return the clearing of a month of random issues and redemptions at four carriers."""
    dice = Random(20261121)
    reachable(*CARRIERS)
    holder = a_holder(tier=2)
    # One sponsor orders of every carrier: whose coins there are is each order's, and no sponsor's.
    sponsor = a_sponsor(now=NOW)

    def issue(carrier: str, coins: int, *, now: datetime = NOW) -> None:
        pay(sponsor, issuer=carrier, coins=coins, price_fen=5 * coins, now=now)
        legs = move(
            asset=COIN, amount=coins, source=sponsor_budget(sponsor.pk), target=main_of(holder)
        )
        post(Posting(id=uuid.uuid4(), kind="correction", at=now, actor="test", legs=legs))

    moves = dice.choices(("issue", "redeem"), weights=(1, 4), k=MOVES - len(CARRIERS))
    for carrier in CARRIERS:
        issue(carrier, dice.randint(20_000, 90_000))
    for place, asked in enumerate(moves):
        now = NOW + timedelta(minutes=place)
        if asked == "issue":
            issue(dice.choice(CARRIERS), dice.randint(1, 5_000), now=now)
        elif coins_in(f"holder/{holder.pk}/main") > 100:
            convert_coins(
                holder=holder,
                msisdn=an_msisdn(carrier=dice.choice(CARRIERS)),
                coins=dice.randint(1, 100),
                key=uuid.uuid4(),
                now=now,
            )
    end = NOW + timedelta(minutes=MOVES)
    while carriers_answer(now=end):
        settle_conversions(now=end, limit=10_000)
    return struck()


def test_every_line_resolves_and_nets_sum_to_zero_in_at_most_three_transfers() -> None:
    clearing = a_clearing()
    every_line_resolves()
    nets_sum_to_zero_and_coins_are_retired(clearing)


def every_line_resolves() -> None:
    lines = ClearingLine.objects.select_related("statement__clearing")
    for line in lines.filter(side="credit"):
        entries = list(entries_behind(line))
        assert sum(entry.amount for entry in entries) == line.coins
        assert len(entries) == line.transactions
    credited = lines.filter(side="credit").aggregate(coins=Sum("coins"))["coins"]
    charged = lines.filter(side="charge").aggregate(coins=Sum("coins"))["coins"]
    redeemed = Conversion.objects.filter(state="delivered").aggregate(coins=Sum("coins"))["coins"]
    assert credited == charged == redeemed > 0
    for charge in lines.filter(side="charge"):
        assert entries_behind(charge).count() == charge.transactions


def nets_sum_to_zero_and_coins_are_retired(clearing: Clearing) -> None:
    statements = list(clearing.statements.select_related("clearing"))
    assert len(statements) == 4
    nets = {each.carrier_id: sums_of(each).net_fen for each in statements}
    assert sum(nets.values()) == 0
    before = {code: coins_in(f"issuer/{code}") for code in CARRIERS}
    redeemed = sum(coins_in(f"carrier/{code}/payable") for code in CARRIERS)
    confirm_all(clearing)
    for each in statements:
        retire(each)
    payments = list(ClearingPayment.objects.filter(clearing=clearing))
    assert 1 <= len(payments) <= 3
    for payment in payments:
        nets[payment.debtor_id] += payment.fen
        nets[payment.creditor_id] -= payment.fen
    assert set(nets.values()) == {0}
    assert [coins_in(f"carrier/{code}/payable") for code in CARRIERS] == [0] * 4
    after = {code: coins_in(f"issuer/{code}") for code in CARRIERS}
    assert sum(after.values()) - sum(before.values()) == redeemed
    assert all(before[code] < after[code] <= 0 for code in CARRIERS)
    assert [one for one in proofs() if one.name in OURS and not finding_of(one).is_clean] == []
