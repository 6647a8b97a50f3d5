"""What a policy does, seen from outside: each probe does one thing and tells how it went."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from unittest.mock import patch

from exchange.matching.operations import drain_book
from exchange.orders.models import Book, Order
from ledger.refusals import Refusal
from ledger.rules import SHANGHAI
from tests import given, given_catalog, given_packets
from tests.carrying import attest
from tests.given_merchants import a_code, a_merchant
from tests.given_own_data import a_policy
from tests.given_winddown import own_data_kept
from tests.wallet.cases.test_operations import a_case
from tests.wallet.convert.world import reachable
from wallet.convert.operations import convert_coins
from wallet.earn.operations import publish_task
from wallet.earn.rules import StagePlan
from wallet.gift.operations import claim_gift
from wallet.holders.guesses import note_wrong_guess, refuse_guesser
from wallet.holders.models import TextMessage
from wallet.merchants.operations import claim_code
from wallet.notify.queries import terms_at
from wallet.notify.rules import is_night
from wallet.records.operations import forget_old_records
from wallet.rollover import tasks as rollover_tasks
from wallet.rollover.operations.savings import save_as_coins
from wallet.rollover.queries import RollPreview, roll_previews
from wallet.winddown.operations import announce_wind_down

NOW = given.NOW
LATER = NOW + timedelta(seconds=2)
DONE = "done"


def went(act: Callable[[], object]) -> str:
    """Return how something went: done, or the code of the refusal."""
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return DONE


def claiming_50() -> str:
    gift, friend = given.a_gift(coins=50), given.a_holder()
    return went(lambda: claim_gift(gift=gift, claimer=friend, now=NOW))


def giving_10() -> str:
    sender = given.a_holder(coins=10)
    return went(lambda: given.a_gift(sender=sender, coins=10))


def gift_hours() -> int:
    gift = given.a_gift()
    return (gift.expires_at - gift.made_at) // timedelta(hours=1)


def packet_hours() -> int:
    packet = given_packets.a_packet()
    return (packet.expires_at - packet.made_at) // timedelta(hours=1)


def packet_of_10_in_2() -> str:
    sender = given.a_holder(coins=10)
    return went(lambda: given_packets.a_packet(sender=sender, coins=10, shares=2))


def guessing_after_one_miss() -> str:
    guesser = str(uuid.uuid4())
    note_wrong_guess(guesser=guesser)
    return went(lambda: refuse_guesser(guesser=guesser, now=NOW))


def buying_at_35() -> str:
    book, buyer = given.a_book(), given.a_trader(coins=1_000, birth_year=1990)
    return went(lambda: given.an_order(buyer, book, "B", 80, 1))


def selling_100_of_1000() -> str:
    book, seller = given.a_book(), given.a_trader()
    line = given.a_line(seller, surplus_mb=200, allowance_mb=1_000)
    return went(lambda: given.an_order(seller, book, "S", 80, 1, line=line))


def terms_of_book() -> Book:
    return given.a_book()


def hour_of_book(field: str) -> Callable[[], str]:
    """Return when something begins in a book, as policy writes it."""

    def hour() -> str:
        at: datetime = getattr(given.a_book(), field).astimezone(SHANGHAI)
        return f"{'first' if at.day == 1 else 'last'} {at:%H:%M}"

    return hour


def trading_with_oneself() -> tuple[str, str]:
    book, trader = given.a_book(), given.a_trader(coins=1_000)
    sell = given.an_order(trader, book, "S", 80, 1, line=given.a_line(trader, surplus_mb=200))
    buy = given.an_order(trader, book, "B", 80, 1)
    drain_book(book_id=book.pk, now=NOW)
    states = dict(Order.objects.filter(pk__in=[sell.pk, buy.pk]).values_list("pk", "state"))
    return str(states[sell.pk]), str(states[buy.pk])


def saving_100() -> str:
    holder = given.a_holder()
    own_data_kept(holder, mb=100)
    number = holder.numbers.get()
    package = given.PACKAGE
    return went(
        lambda: save_as_coins(
            holder=holder, number=number, package=package, mb=100, key=uuid.uuid4(), now=NOW
        )
    )


def rolling_1500(*, kind: str = "national") -> RollPreview:
    holder = given.a_holder()
    attest(holder.numbers.get(), kind=kind)
    return roll_previews(holder=holder, month=given.MONTH, now=NOW)[0]


def voucher_mb() -> int:
    return rolling_1500().amounts.voucher_mb


def provincial_mb() -> int:
    return rolling_1500(kind="provincial").amounts.voucher_mb


def voucher() -> str:
    return rolling_1500().voucher


def buying(sku: str, *, count: int = 1, is_on: str = "") -> Callable[[], str]:
    """Return a purchase of so many of some goods; `is_on` is a kind that is switched on for it."""

    def bought() -> str:
        given_catalog.stocked(given_catalog.a_partner(coins=1_000))
        if is_on:
            a_policy(f"catalog.{is_on}", True, now=NOW + timedelta(seconds=1))
        holder = given.a_holder(coins=10_000, tier=2)
        return went(lambda: given_catalog.buy(holder, sku, count=count, now=LATER))

    return bought


def asking_remainders(*, also: str, value: bool | int) -> Callable[[], int]:
    """Return how many carriers are asked what was left of a month, on the 16th of the next."""

    def asked() -> int:
        reachable("CT")
        a_policy(also, value, scope="CT")
        at = SimpleNamespace(now=lambda: NOW)
        with patch.object(rollover_tasks, "timezone", at):
            with patch.object(rollover_tasks, "nudge") as nudged:
                rollover_tasks.all_remainders()
        return int(nudged.call_count)

    return asked


def days_of_install() -> int:
    task = publish_task(
        campaign=given.a_campaign(),
        title_zh="安装应用",
        title_en="Install",
        minutes=1,
        url="https://sponsor.example/app",
        stages=[StagePlan(event="install", coins=1)],
        key=uuid.uuid4(),
        now=NOW,
    )
    return task.stages.get().vest_days


def asking_about_an_entry() -> str:
    return went(lambda: a_case(now=NOW))


def showing_10() -> str:
    merchant = a_merchant(coins=100)
    return went(lambda: a_code(merchant, coins=10))


def code_minutes() -> int:
    code = a_code(a_merchant(coins=100), coins=10)
    return (code.expires_at - code.shown_at) // timedelta(minutes=1)


def scanning() -> str:
    code, friend = a_code(a_merchant(coins=100), coins=10), given.a_holder()
    return went(lambda: claim_code(code=code, claimer=friend, now=NOW))


def converting() -> str:
    reachable("CT")
    holder = given.a_holder(coins=10)
    msisdn = holder.numbers.get().msisdn
    return went(
        lambda: convert_coins(holder=holder, msisdn=msisdn, coins=10, key=uuid.uuid4(), now=NOW)
    )


def forgotten_after_200_days() -> int:
    sent: datetime = NOW - timedelta(days=200)
    TextMessage.objects.create(phone="+8613300000000", body="…", sent_at=sent)
    return forget_old_records(now=NOW)


def notice_days() -> int:
    found = announce_wind_down(reason="The licence ends.", by="admin/1", now=NOW)
    return (found.may_begin_at - NOW).days


def is_quiet_at_half_past_ten() -> bool:
    terms = terms_at(NOW)
    return is_night(NOW, from_hour=terms.from_hour, until_hour=terms.until_hour)


def is_texted_unasked() -> bool:
    return terms_at(NOW).by_default(channel="text", kind="gift_returned")


def hours_until_too_late() -> int:
    return terms_at(NOW).late_hours
