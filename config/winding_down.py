"""In which order the service ends: the families' steps, the only place that knows them all."""

from datetime import datetime
from functools import partial
from uuid import uuid4

from django.apps import apps

from wallet.catalog.models import Purchase
from wallet.catalog.operations import settle_purchases
from wallet.clearing.models import ClearingStatement
from wallet.closures.operations import take_back_given_up
from wallet.closures.queries import left_behind
from wallet.convert.operations import (
    send_everything_home,
    settle_conversions,
    settle_data_deliveries,
)
from wallet.convert.queries import on_its_way, to_send_home
from wallet.earn.operations import end_earnings
from wallet.earn.queries import open_earnings
from wallet.gift.operations import return_open_gifts
from wallet.gift.queries import gifts_to_return
from wallet.holders.operations.farewell import tell_called_off, tell_everybody
from wallet.holders.queries import untold_holders
from wallet.packets.models import Packet
from wallet.packets.operations import return_open_packets
from wallet.refunds.operations import list_refunds
from wallet.refunds.queries import left_to_refund
from wallet.rollover.operations.deposits import settle_deposits
from wallet.rollover.operations.home import take_everything_home
from wallet.rollover.operations.take_backs import settle_take_backs
from wallet.rollover.queries import own_data_on_its_way, to_take_home
from wallet.winddown.queries import live_wind_down
from wallet.winddown.steps import Step, register_after_call_off, register_step

LEFT_MAX = 10_000_000


def register_steps() -> None:
    """Register every family's part of the end of the service."""
    for step in STEPS:
        register_step(step)
    register_after_call_off(tell_called_off)
    if apps.is_installed("exchange"):
        # The exchange is an option: where it is left out, its models are not to be imported.
        from exchange.ending.operations import end_market
        from exchange.ending.queries import market_left
        from exchange.market.tasks import follow_committed

        run = partial(end_market, follower=follow_committed)
        register_step(Step(name="market", place=10, run=run, left=market_left))


def _untold(now: datetime) -> int:
    wind_down = live_wind_down()
    return untold_holders(wind_down.pk).count() if wind_down else 0


def _settle(*, now: datetime, limit: int) -> int:
    return (
        settle_conversions(now=now, limit=limit)
        or settle_data_deliveries(now=now, limit=limit)
        or len(settle_deposits(now=now, limit=limit))
        or len(settle_take_backs(now=now, limit=limit))
    )


def _take_back(*, now: datetime, limit: int) -> int:
    return len(take_back_given_up(key=uuid4(), now=now))


STEPS = (
    Step(
        name="tell",
        place=0,
        run=tell_everybody,
        left=_untold,
        in_notice=True,
    ),
    Step(
        name="earnings",
        place=20,
        run=end_earnings,
        left=lambda _now: open_earnings().count(),
    ),
    Step(
        name="gifts",
        place=20,
        run=return_open_gifts,
        left=lambda now: gifts_to_return(now=now).count(),
    ),
    Step(
        name="packets",
        place=20,
        run=return_open_packets,
        left=lambda _now: Packet.objects.filter(state=Packet.State.OPEN).count(),
    ),
    Step(
        name="own_data",
        place=30,
        run=take_everything_home,
        left=lambda now: len(to_take_home(now=now, limit=LEFT_MAX)),
    ),
    # What a partner has not decided may come back, and is sent on only then.
    Step(
        name="purchases",
        place=35,
        run=settle_purchases,
        left=lambda _now: Purchase.objects.filter(state=Purchase.State.ON_ITS_WAY).count(),
        is_barrier=True,
    ),
    Step(
        name="send_home",
        place=40,
        run=send_everything_home,
        left=lambda now: len(to_send_home(now=now, limit=LEFT_MAX)),
    ),
    # What a carrier has not decided may come back, and is listed only then.
    Step(
        name="carriers",
        place=50,
        run=_settle,
        left=lambda _now: on_its_way() + own_data_on_its_way(),
        is_barrier=True,
    ),
    # What carriers redeemed in closed months is retired by two persons, as their statements say.
    Step(
        name="clearing",
        place=55,
        run=lambda **_asked: 0,
        left=lambda _now: ClearingStatement.objects.filter(retired_at=None).count(),
        is_barrier=True,
    ),
    # What closed wallets gave up is nobody's to be refunded.
    Step(
        name="given_up",
        place=58,
        run=_take_back,
        left=lambda _now: min(left_behind(), 1),
    ),
    Step(
        name="refunds",
        place=60,
        run=list_refunds,
        left=lambda _now: left_to_refund(),
    ),
)
