"""Worlds for tests, built by operations."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone
from rest_framework.test import APIClient

from ledger.operations import MONTHS_AHEAD, open_months, post
from ledger.queries import month_state
from ledger.rules import COIN, Posting, month_after, month_of, monthly_asset, move
from wallet.carriers.models import Carrier, Usage
from wallet.carriers.rules import CARRIERS, original_carrier
from wallet.earn.models import Earning, Task
from wallet.earn.operations import publish_task, start_task
from wallet.earn.rules import StagePlan
from wallet.gift.models import Gift
from wallet.gift.operations import send_gift
from wallet.holders.models import Holder, Number, User
from wallet.holders.operations import add_number, open_holder, open_organisation
from wallet.holders.queries import line_of, main_of
from wallet.sponsors.models import Campaign, Sponsor
from wallet.sponsors.operations import launch_campaign, open_sponsor, pay_purchase_order

if TYPE_CHECKING:
    from exchange.orders.models import Book, Order
    from exchange.orders.operations import Line

NOW = datetime(2026, 11, 16, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
MONTH = date(2026, 11, 1)
PREFIX_OF = {"CT": "133", "CU": "130", "CM": "138", "MV": "170"}
PACKAGE = "national"

_suffixes = count(10_000_000)


def open_ledger(*, now: datetime = NOW) -> None:
    """Open this month and those ahead, if they are not open."""
    if None in map(month_state, (first := month_of(now), month_after(first, MONTHS_AHEAD))):
        open_months(now=now)


def open_ledger_today() -> None:
    """Open the months around the wall clock: the doors read it."""
    open_ledger(now=timezone.now())


def this_month() -> date:
    """Return the month that the doors post in."""
    return month_of(timezone.now())


def an_msisdn(*, carrier: str = "CT") -> str:
    """Return a number nobody has, with a prefix of this carrier."""
    return f"{PREFIX_OF[carrier]}{next(_suffixes):08d}"


def a_carrier(code: str = "CT") -> Carrier:
    """Return a carrier's row."""
    row, _ = Carrier.objects.get_or_create(
        code=code, defaults={"name_zh": CARRIERS[code], "name_en": code}
    )
    return row


def a_user(*, phone: str = "", now: datetime = NOW) -> User:
    """Return a person whose phone is verified, without a wallet."""
    return User.objects.create_user(phone or f"+86{an_msisdn()}", phone_verified_at=now)


def a_holder(
    *, coins: int = 0, tier: int = 0, carrier: str = "CT", msisdn: str = "", now: datetime = NOW
) -> Holder:
    """Return a person with a wallet, a number of its own and this many coins."""
    open_ledger(now=now)
    msisdn = msisdn or an_msisdn(carrier=carrier)
    holder = open_holder(user=a_user(phone=f"+86{msisdn}", now=now), now=now)
    if tier:
        holder.tier = tier
        holder.save(update_fields=["tier"])
    a_number(holder, msisdn=msisdn, now=now)
    if coins:
        give_coins(holder, coins, now=now)
    return holder


def client_of(holder: Holder) -> APIClient:
    """Return a client signed in as this person, for the API and for pages."""
    assert holder.user is not None
    client = APIClient()
    client.force_login(holder.user)
    return client


def an_organisation(*, name: str = "乐视", now: datetime = NOW) -> Holder:
    """Return an organisation."""
    open_ledger(now=now)
    return open_organisation(name=name, now=now)


def a_number(
    holder: Holder, *, carrier: str = "CT", msisdn: str = "", now: datetime = NOW
) -> Number:
    """Return a number under a holder: the one given, or one nobody has."""
    msisdn = msisdn or an_msisdn(carrier=carrier)
    code = a_carrier(original_carrier(msisdn=msisdn) or carrier).code
    return add_number(holder=holder, msisdn=msisdn, carrier=code, province="广东", now=now)


def give_coins(holder: Holder, coins: int, *, now: datetime = NOW) -> None:
    """Put coins into a wallet by a correction, against an account that no proof counts coins in."""
    _post(asset=COIN, amount=coins, source="system/expired", target=main_of(holder), now=now)


def give_data(
    holder: Holder,
    mb: int,
    *,
    goods: str = "DATA",
    carrier: str = "CT",
    month: date = MONTH,
    now: datetime = NOW,
) -> str:
    """Put DATA or vouchers (MB) into a wallet by a correction, and return the asset."""
    asset = monthly_asset(goods=goods, carrier=carrier, month=month)
    source = "system/vouchers" if goods == "VOUCHER" else f"carrier/{carrier}/replaced"
    _post(asset=asset, amount=mb, source=source, target=main_of(holder), now=now)
    return asset


def give_surplus(
    number: Number, mb: int, *, package: str = PACKAGE, month: date = MONTH, now: datetime = NOW
) -> str:
    """Put deposited own data (MB) on a number's line by a correction, and return the asset."""
    asset = monthly_asset(goods="SURPLUS", carrier=number.carrier_id, month=month)
    source = f"carrier/{number.carrier_id}/deposited"
    target = line_of(number=number, package=package)
    _post(asset=asset, amount=mb, source=source, target=target, now=now)
    return asset


def a_sponsor(
    *, name: str = "乐视", owner: User | None = None, coins: int = 0, now: datetime = NOW
) -> Sponsor:
    """Return a sponsor with this many coins bought from CT at a fen each."""
    open_ledger(now=now)
    sponsor = open_sponsor(name=name, owner=owner or a_user(now=now), now=now)
    if coins:
        pay_purchase_order(
            sponsor=sponsor,
            issuer=a_carrier("CT").code,
            coins=coins,
            price_fen=coins,
            paid_by="test",
            key=uuid.uuid4(),
            now=now,
        )
    return sponsor


def a_campaign(
    sponsor: Sponsor | None = None, *, coins: int = 1_000, now: datetime = NOW
) -> Campaign:
    """Return a live campaign with this many coins."""
    sponsor = sponsor or a_sponsor(coins=coins, now=now)
    return launch_campaign(sponsor=sponsor, name="秋季推广", coins=coins, key=uuid.uuid4(), now=now)


STAGES = (
    StagePlan(event="install", coins=50),
    StagePlan(event="day1", coins=30, vest_days=1),
    StagePlan(event="day7", coins=20, vest_days=7),
)


def a_task(
    campaign: Campaign | None = None,
    *,
    stages: Sequence[StagePlan] = STAGES,
    url: str = "https://sponsor.example/app",
    now: datetime = NOW,
) -> Task:
    """Return an open task that takes 8 minutes: 100 coins in three stages, unless told."""
    return publish_task(
        campaign=campaign or a_campaign(now=now),
        title_zh="安装应用",
        title_en="Install the app",
        minutes=8,
        url=url,
        stages=stages,
        key=uuid.uuid4(),
        now=now,
    )


def an_earning(
    task: Task | None = None, *, holder: Holder | None = None, now: datetime = NOW
) -> Earning:
    """Return a task that somebody started."""
    task, holder = task or a_task(now=now), holder or a_holder(now=now)
    return start_task(holder=holder, task=task, key=uuid.uuid4(), now=now)


def a_gift(
    *, sender: Holder | None = None, coins: int = 50, locked_to: str = "", now: datetime = NOW
) -> Gift:
    """Return a gift of coins: from this sender, or from somebody who has just enough."""
    sender = sender or a_holder(coins=coins, now=now)
    return send_gift(sender=sender, amount=coins, locked_to=locked_to, key=uuid.uuid4(), now=now)


def a_gift_now(*, coins: int = 50) -> Gift:
    """Return a gift of coins made by the wall clock, for what the doors do with it."""
    open_ledger_today()
    return a_gift(coins=coins, now=timezone.now())


def _post(*, asset: str, amount: int, source: str, target: str, now: datetime) -> None:
    legs = move(asset=asset, amount=amount, source=source, target=target)
    post(Posting(id=uuid.uuid4(), kind="correction", at=now, actor="test", legs=legs))


# The market: imported when asked for, since the wallet's tests run without it ------------------


def a_book(carrier: str = "CT", *, month: date = MONTH, now: datetime = NOW) -> "Book":
    """Return the book of a carrier's data of a month, in trade whatever the hour."""
    from exchange.orders.operations import open_book
    from tests.given_market import in_trade

    open_ledger(now=now)
    return in_trade(open_book(carrier=a_carrier(carrier), month=month, now=now), now=now)


def a_trader(*, coins: int = 0, birth_year: int | None = 1990, now: datetime = NOW) -> Holder:
    """Return a person who may trade, with this many coins."""
    holder = a_holder(coins=coins, tier=1, now=now)
    holder.birth_year = birth_year
    holder.save(update_fields=["birth_year"])
    return holder


def an_allowance(
    number: Number, mb: int, *, used_mb: int = 0, package: str = PACKAGE, month: date = MONTH
) -> Usage:
    """Return what a carrier attests of a number's package: so much allowed, so much used (MB)."""
    return Usage.objects.create(
        msisdn=number.msisdn,
        carrier_id=number.carrier_id,
        province=number.province,
        month=month,
        package=package,
        kind=Usage.Kind.NATIONAL,
        allowance_mb=mb,
        used_mb=used_mb,
        as_of=NOW,
    )


def a_line(
    holder: Holder, *, surplus_mb: int, allowance_mb: int = 20_000, now: datetime = NOW
) -> "Line":
    """Return a holder's line with deposited data (MB) to sell."""
    from exchange.orders.operations import Line

    number = Number.objects.get(holder=holder)
    an_allowance(number, allowance_mb, month=month_of(now))
    give_surplus(number, surplus_mb, month=month_of(now), now=now)
    return Line(number=number, package=PACKAGE)


def an_order(
    holder: Holder,
    book: "Book",
    side: str,
    price_coins: int,
    lots: int,
    *,
    line: "Line | None" = None,
    time_in_force: str = "GTC",
    now: datetime = NOW,
) -> "Order":
    """Return an order that was accepted."""
    from exchange.orders.operations import place_order

    return place_order(
        holder=holder,
        book=book,
        side=side,
        price_coins=price_coins,
        lots=lots,
        line=line,
        time_in_force=time_in_force,
        key=uuid.uuid4(),
        now=now,
    )
