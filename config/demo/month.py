"""Play the previous calendar month from its usage file to its close, and begin this one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.progress import Progress

from config.demo.cast import (
    PEOPLE,
    Person,
    house_rules,
    people_of,
    speaker,
    sponsored_tasks,
    staff,
    task_of_today,
)
from config.demo.plan import Act, Counts, Deed, planned_month
from config.demo.purchases import open_shop
from config.demo.sample import Package
from config.demo.stage import Stage
from exchange.orders.operations import open_book
from exchange.settlement.operations import close_books
from ledger.months.models import Close
from ledger.months.operations import settle_month
from ledger.months.queries import progress_of
from ledger.operations import open_months
from ledger.rules import month_after, month_of, starts_at
from wallet.carriers.models import Carrier
from wallet.carriers.usage.operations import UsageReport, load_usage_file
from wallet.catalog.operations import fetch_products
from wallet.packets.operations import publish_packet_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The usage files of the played month and of this one; the last of a month may be final."""

    before: tuple[Path, ...]
    end: tuple[Path, ...]
    today: tuple[Path, ...]


def load(path: Path, *, now: datetime) -> UsageReport:
    """Load a usage file as `import_usage` does."""
    with path.open("rb") as source:
        return load_usage_file(
            source=source,
            name=path.name,
            now=now,
            complain=lambda _line, _why: None,
            progress=lambda _bytes: None,
        )


def play_month(
    *,
    month: date,
    packages: Sequence[Package],
    files: Files,
    partner: str,
    seed: str,
    bar: Progress,
    counts: Counts | None = None,
) -> Stage:
    """Open wallets and play a month's acts, each at its own instant; return what came of them.

    `partner` is the address of the catalog's partner.
    """
    begins = starts_at(month)
    open_months(now=begins)
    for path in files.before:
        load(path, now=begins + timedelta(hours=1))
    for carrier in Carrier.objects.order_by("code"):
        open_book(carrier=carrier, month=month, now=begins + timedelta(hours=9))
    staff()
    speaker(now=begins + timedelta(hours=1))
    house_rules(now=begins + timedelta(hours=1))
    publish_packet_days(now=begins - timedelta(days=1))
    people = list(people_of(packages, now=begins + timedelta(hours=2)))
    tasks = sponsored_tasks(seed=seed, now=begins + timedelta(hours=3))
    shop = open_shop(server=partner, now=begins + timedelta(hours=3))
    stage = Stage(people=people, tasks=tasks, seed=seed, partner=shop)
    fetch_products(shop=stage.shop, now=begins + timedelta(hours=3))
    acts = planned_month(month=month, seed=seed, people=len(people), counts=counts)
    for act in bar.track(acts, description=f"{month:%Y-%m}"):
        stage.play(act)
    return stage


def settle(*, month: date, files: Files, now: datetime, bar: Progress) -> Close:
    """Load the final attestations, close the books and settle the month."""
    ends = starts_at(month_after(month))
    for path in files.end:
        load(path, now=ends)
    close_books(month=month, now=ends - timedelta(minutes=10))
    task = bar.add_task("月结", total=None)

    def report(close: Close) -> None:
        stages = progress_of(close)
        total = sum(one.parts for one in stages)
        bar.update(task, total=total, completed=sum(one.parts_done for one in stages))

    return settle_month(month=month, now=now, report=report)


def begin_this_month(*, stage: Stage, files: Files, now: datetime) -> None:
    """Open the current month with deposits and orders of today, so that every page is alive."""
    month = month_of(now)
    open_months(now=now)
    for path in files.today:
        load(path, now=now)
    for carrier in Carrier.objects.order_by("code"):
        open_book(carrier=carrier, month=month, now=now)
    publish_packet_days(now=now)
    task_of_today(campaign=stage.tasks[0].campaign, seed=stage.seed, now=now)
    for act in _todays_acts(stage.people, now=now):
        stage.play(act)
    stage.drain()


def _todays_acts(people: Sequence[Person], *, now: datetime) -> list[Act]:
    """Return deposits first, then what they and the coins of last month allow; fewer for few."""
    deeds = (
        (Deed.DEPOSIT, 120, 300),
        (Deed.NIGHT, 1, 0),
        (Deed.SELL, 100, 2),
        (Deed.BUY, 80, 2),
        (Deed.GIVE, 12, 8),
        (Deed.CONVERT, 10, 50),
        (Deed.BUY_GOODS, 12, 0),
    )
    acts: list[Act] = []
    for deed, count, size in deeds:
        for place in range(-(-count * len(people) // PEOPLE)):
            who = place % len(people)
            other = (place * 7 + 1) % len(people)
            acts.append(
                Act(
                    at=now, deed=deed, who=who, other=other, size=size, number=1_000_000 + len(acts)
                )
            )
    return [*acts, *_todays_packets(len(people), now=now)]


def _todays_packets(people: int, *, now: datetime) -> Iterator[Act]:
    """Yield three packets of today that are still open, some shares of them opened."""
    for place in range(3):
        number = 2_000_000 + 10 * place
        shares = 4 + place
        yield Act(
            at=now,
            deed=Deed.SEND_PACKET,
            who=place % people,
            other=shares,
            size=shares * 6,
            number=number,
        )
        for friend in range(1, shares):
            yield Act(
                at=now,
                deed=Deed.OPEN_PACKET,
                who=(place + friend * 3) % people,
                other=number,
                number=number + friend,
            )
