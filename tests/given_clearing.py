"""Worlds of clearing: coins issued and redeemed, a month's statements, what carriers say of them."""

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction

from ledger.months.operations import last_instant
from ledger.operations import post
from ledger.registry import ClosingMonth
from ledger.rules import COIN, Posting, month_after, move, starts_at
from tests.carrying import carriers_answer
from tests.given import MONTH, NOW, a_holder, a_sponsor, a_user, an_msisdn
from tests.wallet.convert.world import reachable
from wallet.carriers.models import Carrier
from wallet.clearing.models import Clearing, ClearingLine, ClearingStatement
from wallet.clearing.operations import (
    INPUT,
    STAGES,
    approve_clearing_step,
    confirm_lines,
    freeze_prices,
    propose_retirement,
)
from wallet.convert.operations import convert_coins, settle_conversions
from wallet.holders.models import Holder, User
from wallet.holders.queries import main_of
from wallet.offices.models import CarrierOffice
from wallet.offices.operations import open_carrier_office
from wallet.sponsors.models import Sponsor
from wallet.sponsors.operations import pay_purchase_order

CARRIERS = ("CT", "CU", "CM", "MV")
IN_DECEMBER = starts_at(month_after(MONTH)) + timedelta(days=4, hours=10)


def order(issuer: str, coins: int, *, now: datetime = NOW) -> Sponsor:
    """Have a sponsor order and pay coins of an issuer, at 5 fen each; return the sponsor."""
    sponsor = a_sponsor(now=now)
    pay_purchase_order(
        sponsor=sponsor,
        issuer=issuer,
        coins=coins,
        price_fen=5 * coins,
        paid_by="test",
        key=uuid.uuid4(),
        now=now,
    )
    return sponsor


def issue(issuer: str, coins: int, *, to: Holder, now: datetime = NOW) -> None:
    """Have coins of an issuer, ordered by a sponsor, end in a wallet."""
    sponsor = order(issuer, coins, now=now)
    _correct(coins, source=f"sponsor/{sponsor.pk}/budget", target=main_of(to), now=now)


def redeem(holder: Holder, coins: int, *, carrier: str, now: datetime = NOW) -> None:
    """Turn coins into data on a number of a carrier's, which proves the delivery."""
    convert_coins(
        holder=holder, msisdn=an_msisdn(carrier=carrier), coins=coins, key=uuid.uuid4(), now=now
    )
    carriers_answer(now=now)
    settle_conversions(now=now)


def charge_fees(carrier: str, coins: int, *, holder: Holder, now: datetime = NOW) -> None:
    """Have a carrier take coins as fees of its book."""
    _correct(coins, source=main_of(holder), target=f"fees/{carrier}", now=now)


def take_back(carrier: str, coins: int, *, holder: Holder, now: datetime = NOW) -> None:
    """Give somebody coins that a carrier had redeemed in an earlier month."""
    _correct(coins, source=f"carrier/{carrier}/payable", target=main_of(holder), now=now)


def _correct(coins: int, *, source: str, target: str, now: datetime) -> None:
    legs = move(asset=COIN, amount=coins, source=source, target=target)
    post(Posting(id=uuid.uuid4(), kind="correction", at=now, actor="test", legs=legs))


def a_traded_month() -> Holder:
    """Return a person after a month in which two issuers' coins were redeemed at three carriers.

    CT issued 3,000 and CU 1,000; of them 1,000 were redeemed at CM, 400 at CT (its own at
    three to one), and 40 are CM's fees.
    """
    reachable(*CARRIERS)
    holder = a_holder(tier=1)
    issue("CT", 3_000, to=holder)
    issue("CU", 1_000, to=holder)
    redeem(holder, 600, carrier="CM")
    redeem(holder, 400, carrier="CM", now=NOW + timedelta(days=1))
    redeem(holder, 400, carrier="CT")
    charge_fees("CM", 40, holder=holder)
    return holder


def struck(*, month: date = MONTH) -> Clearing:
    """Write a month's statements, as its close does, and return its clearing."""
    at = last_instant(month)
    closing = ClosingMonth(month=month, at=at, inputs={INPUT: freeze_prices(month, at)})
    for stage in STAGES:
        assert stage.record is not None
        for shard in stage.shards(closing):
            assert stage.plan(closing, shard) == ()
            with transaction.atomic():  # as the close runs a part
                stage.record(closing, shard, ())
    return Clearing.objects.get(pk=month)


def statement(carrier: str, clearing: Clearing) -> ClearingStatement:
    """Return a carrier's statement of a clearing."""
    return ClearingStatement.objects.select_related("clearing").get(
        clearing=clearing, carrier=carrier
    )


def an_office(
    carrier: str = "CT", *, owner: User | None = None, now: datetime = NOW
) -> CarrierOffice:
    """Return a carrier's office, with somebody who speaks for it."""
    return open_carrier_office(
        carrier=Carrier.objects.get(pk=carrier), owner=owner or a_user(now=now), now=now
    )


def confirm_all(clearing: Clearing, *, now: datetime = IN_DECEMBER) -> None:
    """Have every carrier confirm all of its statement."""
    for each in clearing.statements.all():
        confirm_lines(statement=each, lines=[], by=a_user(), now=now)


def retire(found: ClearingStatement, *, now: datetime = IN_DECEMBER) -> None:
    """Have two of our staff book a statement."""
    step = propose_retirement(
        statement=found, reason="Confirmed.", by=a_user(), key=uuid.uuid4(), now=now
    )
    approve_clearing_step(step=step, by=a_user(), now=now)


def said(clearing: Clearing) -> dict[str, dict[str, int]]:
    """Return what each carrier's coins are charged, by whom they were redeemed."""
    lines = ClearingLine.objects.filter(side="charge", statement__clearing=clearing)
    found: dict[str, dict[str, int]] = {}
    for issuer, redeemer, coins in lines.values_list("statement__carrier", "counterpart", "coins"):
        found.setdefault(str(issuer), {})[str(redeemer)] = coins
    return found
