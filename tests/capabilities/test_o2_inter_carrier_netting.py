"""O2: rivals deal by netting: nets sum to zero, three transfers at most, every line resolves."""

import os
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from django.db.models import Sum
from django.forms.models import model_to_dict

from ledger.models import Entry, Transaction
from ledger.operations import post
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from ledger.registry import proofs
from ledger.rules import COIN, Posting, move
from tests.carrying import carriers_answer
from tests.given import NOW, a_holder, a_sponsor, an_msisdn
from tests.given_clearing import CARRIERS, confirm_all, retire, struck
from tests.given_invoices import pay
from tests.given_redemptions import redeem_all
from tests.wallet.convert.world import reachable
from wallet.clearing.models import Clearing, ClearingLine, ClearingPayment
from wallet.clearing.queries import entries_behind, sums_of
from wallet.convert.models import Conversion
from wallet.convert.operations import convert_coins, settle_conversions
from wallet.holders.models import Holder, Notice
from wallet.holders.queries import main_of
from wallet.sponsors.models import Sponsor
from wallet.sponsors.rules import sponsor_budget

pytestmark = pytest.mark.django_db
#: The capability says 10,000: `make clearings` plays as many.
MOVES = int(os.environ.get("CLEARINGS", "60"))
ONE_BY_ONE, BATCH = 30, 250
NAMES = ("id", "msisdn", "instruction", "legs_hash", "xid")
OURS = {
    "issuers",
    "carriers_paid",
    "statements_resolve",
    "redemptions_charged",
    "statements_booked",
    "nobody_asked_for_more",
}


def a_clearing() -> Clearing:
    """Return the clearing of a month of random issues and redemptions at four carriers.

    The first moves are made one by one, as a person makes them; the rest in batches.
    """
    dice = Random(20261121)
    reachable(*CARRIERS)
    # One sponsor orders of every carrier: whose coins there are is each order's, and no sponsor's.
    holder, sponsor = a_holder(tier=2), a_sponsor(now=NOW)
    for carrier in CARRIERS:
        issue(sponsor, carrier=carrier, coins=dice.randint(20_000, 90_000), to=holder, now=NOW)
    places = (len(CARRIERS), *range(ONE_BY_ONE, MOVES, BATCH), MOVES)
    for place, end in pairwise(places):
        now = NOW + timedelta(minutes=place)
        moves = dice.choices(("issue", "redeem"), weights=(1, 4), k=end - place)
        for _ in range(moves.count("issue")):
            carrier, coins = dice.choice(CARRIERS), dice.randint(1, 5_000)
            issue(sponsor, carrier=carrier, coins=coins, to=holder, now=now)
        asked = [
            (dice.choice(CARRIERS), dice.randint(1, 100)) for _ in range(moves.count("redeem"))
        ]
        redeem = redeem_each if place < ONE_BY_ONE else redeem_all
        redeem(holder, asked=asked, now=now)
    return struck()


def issue(sponsor: Sponsor, *, carrier: str, coins: int, to: Holder, now: datetime) -> None:
    """Have a sponsor order coins of a carrier, which end in a wallet."""
    pay(sponsor, issuer=carrier, coins=coins, price_fen=5 * coins, now=now)
    legs = move(asset=COIN, amount=coins, source=sponsor_budget(sponsor.pk), target=main_of(to))
    post(Posting(id=uuid.uuid4(), kind="correction", at=now, actor="test", legs=legs))


def redeem_each(holder: Holder, *, asked: Sequence[tuple[str, int]], now: datetime) -> None:
    """Turn coins into data, one after the other, and have the carriers deliver."""
    for carrier, coins in asked:
        msisdn = an_msisdn(carrier=carrier)
        convert_coins(holder=holder, msisdn=msisdn, coins=coins, key=uuid.uuid4(), now=now)
    while carriers_answer(now=now):
        settle_conversions(now=now, limit=len(asked))


def test_a_world_made_by_batches_is_what_the_operations_write() -> None:
    reachable("CU")
    holder, sponsor = a_holder(tier=2), a_sponsor(now=NOW)
    issue(sponsor, carrier="CT", coins=100, to=holder, now=NOW)
    redeem_each(holder, asked=[("CU", 30)], now=NOW)
    redeem_all(holder, asked=[("CU", 30)], now=NOW)
    written = [_written(row) for row in Conversion.objects.select_related("instruction")]
    assert written[0] == written[1]


def _written(row: Conversion) -> str:
    """Return a conversion, its instruction, notice and postings, but for what names them."""
    booked = Transaction.objects.filter(metadata={"conversion": str(row.pk)}).order_by("kind")
    rows = (row, row.instruction, Notice.objects.get(subject_id=row.pk), *booked)
    entries = Entry.objects.filter(transaction__in=booked).order_by("transaction__kind", "amount")
    facts = [model_to_dict(one, exclude=NAMES) for one in rows]
    legs = list(entries.values_list("transaction__kind", "account__address", "amount"))
    assert (len(facts), len(legs)) == (5, 4)
    return repr([*facts, *legs]).replace(str(row.pk), "its id")


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
