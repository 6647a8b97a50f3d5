"""Who plays: people with numbers of the usage file, two sponsors and an admin."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group

from config.demo.sample import NATIONAL, Package
from ledger.rules import derived_id
from wallet.carriers.models import Carrier
from wallet.earn.models import Task
from wallet.earn.operations import publish_task
from wallet.earn.rules import StagePlan
from wallet.holders.models import Holder, Number, User
from wallet.holders.operations import expect_user, verify_phone
from wallet.merchants.operations import fund_merchant, open_merchant
from wallet.offices.models import CarrierOffice
from wallet.offices.operations import open_carrier_office
from wallet.policy.operations import set_policy
from wallet.sponsors.models import Campaign, Sponsor
from wallet.sponsors.operations import launch_campaign, open_sponsor, pay_purchase_order

PEOPLE = 320
BIRTH_YEAR = 1990
SPONSOR_PHONE = "+8613900139000"
ADMIN_PHONE = "+8613700137000"
# Putting the books right takes two persons, in these roles.
COLLEAGUES = {"adjuster": "+8613700137001", "approver": "+8613700137002"}
# Somebody of China Mobile, who signs in at its console.
SPEAKER_PHONE, SPEAKS_FOR = "+8613700137003", "CM"
COINS_ORDERED = 600_000
FEN_PER_COIN = 5
COINS_AT_COUNTER = 20_000
SAVING_RATES = {"CT": 80, "CM": 75}  # coins for 100 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a wallet, a number, and a national package of it."""

    holder: Holder
    number: Number
    package: Package


def people_of(packages: Sequence[Package], *, now: datetime) -> Iterator[Person]:
    """Open wallets for the first people of a usage file, with real names so that they may trade."""
    national = [one for one in packages if one.kind == NATIONAL]
    for package in national[:PEOPLE]:
        phone = f"+86{package.msisdn}"
        number = verify_phone(user=expect_user(phone=phone), msisdn=package.msisdn, now=now)
        Number.objects.filter(pk=number.pk).update(carrier=package.carrier)
        number = Number.objects.select_related("holder").get(pk=number.pk)
        assert number.holder is not None
        # Checking a name is another organisation's work; its result is what the demo writes down.
        number.holder.tier, number.holder.birth_year = 1, BIRTH_YEAR
        number.holder.save(update_fields=["tier", "birth_year"])
        yield Person(holder=number.holder, number=number, package=package)


def staff() -> User:
    """Return the admin, and let colleagues join; all sign in by code like everybody."""
    for role, phone in COLLEAGUES.items():
        colleague, _made = User.objects.get_or_create(phone=phone, defaults={"is_staff": True})
        colleague.groups.set(Group.objects.filter(name=role))
    found = User.objects.filter(phone=ADMIN_PHONE).first()
    return found or User.objects.create_superuser(ADMIN_PHONE)


def speaker(*, now: datetime) -> CarrierOffice:
    """Let somebody speak for a carrier, and return its office."""
    user = expect_user(phone=SPEAKER_PHONE)
    verify_phone(user=user, msisdn=SPEAKER_PHONE, now=now)
    return open_carrier_office(carrier=Carrier.objects.get(pk=SPEAKS_FOR), owner=user, now=now)


def sponsored_tasks(*, seed: str, now: datetime) -> list[Task]:
    """Return the tasks of a sponsor that ordered coins of two carriers and launched a campaign."""
    owner = expect_user(phone=SPONSOR_PHONE)
    verify_phone(user=owner, msisdn=SPONSOR_PHONE, now=now)
    sponsor = open_sponsor(name="牛牛读书", owner=owner, now=now)
    for issuer in ("CT", "CM"):
        pay_purchase_order(
            sponsor=sponsor,
            issuer=issuer,
            coins=COINS_ORDERED,
            price_fen=COINS_ORDERED * FEN_PER_COIN,
            paid_by=f"sponsor/{sponsor.pk}",
            key=derived_id(seed, "order", issuer),
            now=now,
        )
    _counter(sponsor, owner=owner, seed=seed, now=now)
    return list(_tasks(sponsor, seed=seed, now=now))


def _counter(sponsor: Sponsor, *, owner: User, seed: str, now: datetime) -> None:
    """Open a shop that the sponsor funds, for codes to be shown and scanned."""
    shop = open_merchant(name="牛牛书店", owner=owner, now=now)
    key = derived_id(seed, "counter")
    fund_merchant(sponsor=sponsor, merchant=shop, coins=COINS_AT_COUNTER, key=key, now=now)


def house_rules(*, now: datetime) -> None:
    """Have two carriers buy data that subscribers save as coins, so that their pages are alive."""
    for carrier, rate in SAVING_RATES.items():
        set_policy(
            key="deposit.rate_coins_per_100mb",
            scope=carrier,
            value=rate,
            starts_at=now,
            set_by="demo",
            reason="收流量换币的演示价。",
            now=now,
        )


def task_of_today(*, campaign: Campaign, seed: str, now: datetime) -> Task:
    """Publish a task that nobody has started yet."""
    return publish_task(
        campaign=campaign,
        title_zh="看三分钟新书介绍",
        title_en="Watch three minutes about new books",
        minutes=3,
        url="http://127.0.0.1/",
        stages=[StagePlan(event="install", coins=45)],
        key=derived_id(seed, "today"),
        now=now,
    )


def _tasks(sponsor: Sponsor, *, seed: str, now: datetime) -> Iterator[Task]:
    campaign = launch_campaign(
        sponsor=sponsor,
        name="秋天读书",
        coins=COINS_ORDERED,
        key=derived_id(seed, "campaign"),
        now=now,
    )
    offers = (
        ("装上牛牛读书，读七天", "Install Niuniu Reader and read for a week", 30, (400, 300, 500)),
        ("读一本短篇", "Read one short story", 12, (240,)),
    )
    for title_zh, title_en, minutes, coins in offers:
        stages = [
            StagePlan(event=event, coins=paid)
            for event, paid in zip(("install", "day1", "day7"), coins, strict=False)
        ]
        yield publish_task(
            campaign=campaign,
            title_zh=title_zh,
            title_en=title_en,
            minutes=minutes,
            url="http://127.0.0.1/",
            stages=stages,
            key=derived_id(seed, title_en),
            now=now,
        )
