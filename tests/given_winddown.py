"""A service that is to end: coins issued for money, spread over wallets, budgets and escrows."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tests.carrying import attest, carriers_answer
from tests.given import (
    NOW,
    PACKAGE,
    STAGES,
    a_campaign,
    a_carrier,
    a_gift,
    a_holder,
    a_sponsor,
    a_task,
    an_earning,
)
from tests.given_merchants import a_code, a_merchant
from tests.given_own_data import a_policy
from tests.given_packets import a_packet
from tests.wallet.convert.world import reachable
from wallet.earn.models import Earning
from wallet.holders.models import Holder
from wallet.merchants.operations import claim_code
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits
from wallet.sponsors.operations import pay_purchase_order
from wallet.winddown.models import WindDown
from wallet.winddown.operations import announce_wind_down, begin_wind_down


@dataclass
class Service:
    """Who has what when the service is to end."""

    near: Holder  # its carrier delivers
    far: Holder  # its carrier cannot be reached
    earning: Earning


def a_service(*, now: datetime = NOW) -> Service:
    """Return a service with coins everywhere they can be, each issued for money."""
    reachable("CT")
    near, far = a_holder(tier=2, now=now), a_holder(tier=2, carrier="CU", now=now)
    merchant = a_merchant(coins=2_000, now=now)
    for person, coins in ((near, 900), (far, 700)):
        claim_code(code=a_code(merchant, coins=coins, now=now), claimer=person, now=now)
    a_gift(sender=near, coins=100, now=now)
    a_packet(sender=near, coins=50, now=now)
    earning = an_earning(a_task(a_campaign(now=now), stages=STAGES, now=now), now=now)
    sponsor = a_sponsor(now=now)
    for issuer, coins, fen in (("CT", 500, 1_000), ("CU", 300, 900)):
        pay_purchase_order(
            sponsor=sponsor,
            issuer=a_carrier(issuer).code,
            coins=coins,
            price_fen=fen,
            paid_by="test",
            key=uuid.uuid4(),
            now=now,
        )
    own_data_kept(near, now=now)
    return Service(near=near, far=far, earning=earning)


def own_data_kept(holder: Holder, *, mb: int = 300, now: datetime = NOW) -> None:
    """Deposit own data (MB) of a holder's number."""
    number = holder.numbers.get()
    attest(number)
    deposit_surplus(holder=holder, number=number, package=PACKAGE, mb=mb, key=uuid.uuid4(), now=now)
    carriers_answer(now=now)
    settle_deposits(now=now)


def a_wind_down(*, now: datetime = NOW) -> WindDown:
    """Return a wind-down that has begun, without days of notice."""
    a_policy("winddown.notice_days", 0, now=now)
    announce_wind_down(reason="The licence ends.", by="test", now=now)
    return begin_wind_down(by="test", now=now)
