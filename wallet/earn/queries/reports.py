"""What became of a campaign's coins, read from the ledger, beside what people did for them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, Concat, TruncDate

from ledger.models import Balance, Entry
from ledger.rules import COIN, SHANGHAI, account_id
from wallet.earn.models import Earning, EarningStage, TaskReach
from wallet.earn.rules import each_in_tenths
from wallet.sponsors.models import Campaign
from wallet.sponsors.rules import campaign_budget

FORECAST_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """One event of a campaign: how often it was proved, how often and with how many coins paid."""

    event: str
    proved: int
    vested: int
    coins: int

    @property
    def each_tenths(self) -> int | None:
        """What one proof cost, in tenths of a coin."""
        return each_in_tenths(coins=self.coins, count=self.proved)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReport:
    """A campaign in coins, as the ledger has them, and in people.

    funded = left + set_aside + vested: the four are read from entries and balances alone.
    """

    funded: int
    left: int
    set_aside: int
    vested: int
    reach: int
    starts: int
    completions: int
    lapsed: int
    stages: tuple[StageReport, ...]

    @property
    def start_tenths(self) -> int | None:
        """What one start cost, in tenths of a coin."""
        return each_in_tenths(coins=self.vested, count=self.starts)

    @property
    def completion_tenths(self) -> int | None:
        """What one completion cost, in tenths of a coin."""
        return each_in_tenths(coins=self.vested, count=self.completions)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLeft:
    """A campaign's budget at a day's end (Asia/Shanghai), in coins."""

    on: date
    coins: int


def report_of(campaign: Campaign) -> CampaignReport:
    """Return what a campaign's coins did: those of the ledger, to the coin."""
    moved = _moved_by_kind(campaign)
    set_aside = _set_aside_for(campaign)
    begun = -moved.get("task_start", 0)
    earnings = Earning.objects.filter(task__campaign=campaign).aggregate(
        starts=Count("pk"),
        completions=Count("pk", filter=Q(state=Earning.State.DONE)),
        lapsed=Count("pk", filter=Q(state=Earning.State.LAPSED)),
    )
    return CampaignReport(
        funded=moved.get("campaign_funding", 0),
        left=sum(moved.values()),
        set_aside=set_aside,
        vested=begun - moved.get("task_lapse", 0) - set_aside,
        reach=TaskReach.objects.filter(task__campaign=campaign).values("holder").distinct().count(),
        stages=tuple(_stages_of(campaign)),
        **earnings,
    )


def budget_by_day(*, campaign: Campaign, now: datetime, days: int) -> list[DayLeft]:
    """Return what was left of a campaign's budget at the end of each of the last days, to today."""
    moved = {
        row["on"]: row["coins"]
        for row in _entries(campaign)
        .values(on=TruncDate("transaction__at", tzinfo=SHANGHAI))
        .annotate(coins=Sum("amount"))
    }
    today = now.astimezone(SHANGHAI).date()
    first = max(min(moved, default=today), today - timedelta(days=days - 1))
    left = sum(coins for on, coins in moved.items() if on < first)
    found = []
    for ahead in range((today - first).days + 1):
        on = first + timedelta(days=ahead)
        left += moved.get(on, 0)
        found.append(DayLeft(on=on, coins=left))
    return found


def _entries(campaign: Campaign) -> QuerySet[Entry]:
    budget = account_id(address=campaign_budget(campaign.pk), asset=COIN)
    return Entry.objects.filter(account_id=budget)


def _moved_by_kind(campaign: Campaign) -> dict[str, int]:
    rows = _entries(campaign).values_list("transaction__kind").annotate(coins=Sum("amount"))
    return dict(rows)


def _set_aside_for(campaign: Campaign) -> int:
    addresses = (
        Earning.objects.filter(task__campaign=campaign)
        .annotate(
            address=Concat(Value("earning/"), Cast("pk", TextField()), output_field=TextField())
        )
        .values("address")
    )
    held = Balance.objects.filter(account__address__in=addresses, account__asset=COIN)
    return held.aggregate(coins=Sum("balance"))["coins"] or 0


def _stages_of(campaign: Campaign) -> list[StageReport]:
    vested = Q(state=EarningStage.State.VESTED)
    rows = (
        EarningStage.objects.filter(earning__task__campaign=campaign)
        .order_by()
        .values("event")
        .annotate(
            proved=Count("pk", filter=Q(proved_at__isnull=False)),
            vested=Count("pk", filter=vested),
            coins=Sum("coins", filter=vested, default=0),
            first_place=Min("place"),
        )
        .order_by("first_place", "event")
        .values("event", "proved", "vested", "coins")
    )
    return [StageReport(**row) for row in rows]
