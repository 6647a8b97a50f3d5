"""What happens in the played month, and when: the same seed plans the same month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random

from ledger.rules import month_after, starts_at

LAST_DEPOSIT_DAY = 22
LAST_TASK_DAY = 16
LOT_MB = 100
SPONSORED_COINS, SPONSORED_SHARES = 2_000, 80


class Deed(StrEnum):
    """Something a person does."""

    START_TASK = "start_task"
    PROVE = "prove"
    DEPOSIT = "deposit"
    TAKE_BACK = "take_back"
    SELL = "sell"
    BUY = "buy"
    CANCEL_ORDER = "cancel_order"
    GIVE = "give"
    CLAIM = "claim"
    CANCEL_GIFT = "cancel_gift"
    CONVERT = "convert"
    DELIVER = "deliver"
    BUY_GOODS = "buy_goods"
    SEND_PACKET = "send_packet"
    SEND_SPONSORED_PACKET = "send_sponsored_packet"
    OPEN_PACKET = "open_packet"
    NIGHT = "night"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One deed of one person at one instant; `size` and `other` mean what the deed says."""

    at: datetime
    deed: Deed
    who: int = 0
    other: int = 0
    size: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often each thing is tried in the month."""

    gifts: int = 1_500
    sells: int = 500
    buys: int = 700
    converts: int = 500
    delivers: int = 150
    take_backs: int = 40
    packets: int = 60
    purchases: int = 160


def asked_coins(act: Act) -> int:
    """Return the price of a lot that somebody asks, the dearer the more the draw says."""
    return 40 + act.number % 50


def bid_coins(act: Act) -> int:
    """Return the price of a lot that somebody bids."""
    return 35 + act.number % 50


def planned_month(
    *, month: date, seed: str, people: int, counts: Counts | None = None
) -> list[Act]:
    """Return the acts of a month in the order they happen, each night among them."""
    planner = _Planner(month=month, dice=Random(seed), people=people)  # noqa: S311  a made-up month
    acts = [*planner.all_acts(counts or Counts()), *planner.nights()]
    return sorted(acts, key=lambda act: (act.at, act.deed, act.number))


class _Planner:
    def __init__(self, *, month: date, dice: Random, people: int) -> None:
        self.begins, self.days = starts_at(month), (month_after(month) - month).days
        self.dice, self.people, self.numbered = dice, people, 0

    def all_acts(self, counts: Counts) -> Iterator[Act]:
        """Yield everything people do."""
        for who in range(self.people):
            yield from self.tasks(who)
            yield from self.deposits(who)
        for _ in range(counts.gifts):
            yield from self.gift()
        last = self.days - 1
        for deed, count, most, first_day in (
            (Deed.SELL, counts.sells, 4, 3),
            (Deed.BUY, counts.buys, 3, 5),
            (Deed.CONVERT, counts.converts, 90, 4),
            (Deed.DELIVER, counts.delivers, 100, 8),
            (Deed.TAKE_BACK, counts.take_backs, 100, 8),
            (Deed.CANCEL_ORDER, counts.sells // 10, 1, 6),
        ):
            for _ in range(count):
                who, size = self.somebody(), self.dice.randint(1, most)
                yield self.act(self.moment(first_day, last), deed, who, self.somebody(), size)
        for _ in range(counts.packets):
            yield from self.packet()
        yield from self.sponsored_packet()
        for _ in range(counts.purchases):
            yield self.act(self.moment(4, last), Deed.BUY_GOODS, self.somebody())

    def tasks(self, who: int) -> Iterator[Act]:
        """Yield a person's starts of both tasks, and the events that prove them."""
        for task in (0, 1):
            start = self.moment(0, LAST_TASK_DAY)
            yield self.act(start, Deed.START_TASK, who, task)
            for place, days in enumerate((0, 1, 7) if task == 0 else (0,)):
                if self.dice.random() < 0.15 * (place + 1):
                    break  # many give a task up
                proof = start + timedelta(days=days, minutes=self.dice.randint(2, 50))
                yield self.act(proof, Deed.PROVE, who, task, place)

    def deposits(self, who: int) -> Iterator[Act]:
        """Yield a person's deposits, in lots so that they can be sold."""
        for _ in range(self.dice.choice((0, 1, 1, 2))):
            size = LOT_MB * self.dice.randint(1, 8)
            yield self.act(self.moment(1, LAST_DEPOSIT_DAY), Deed.DEPOSIT, who, 0, size)

    def gift(self) -> Iterator[Act]:
        """Yield a gift, and who claims it or that its sender takes it back; some expire."""
        at, fate = self.moment(2, self.days - 2), self.dice.random()
        sender, friend = self.somebody(), self.somebody()
        given = self.act(at, Deed.GIVE, sender, friend, self.dice.randint(1, 30))
        yield given
        later = at + timedelta(minutes=self.dice.randint(1, 2_000))
        if fate < 0.9 and sender != friend:
            yield self.act(later, Deed.CLAIM, friend, given.number)
        elif fate < 0.95:
            yield self.act(later, Deed.CANCEL_GIFT, sender, given.number)

    def packet(self) -> Iterator[Act]:
        """Yield a red packet and who opens it; some are not opened by enough people."""
        at, shares = self.moment(3, self.days - 3), self.dice.randint(2, 8)
        sent = self.act(
            at, Deed.SEND_PACKET, self.somebody(), shares, shares * self.dice.randint(2, 15)
        )
        yield sent
        for _ in range(self.dice.randint(1, shares + 2)):
            later = at + timedelta(seconds=self.dice.randint(20, 7_200))
            yield self.act(later, Deed.OPEN_PACKET, self.somebody(), sent.number)

    def sponsored_packet(self) -> Iterator[Act]:
        """Yield a sponsor's packet, which people forward to each other."""
        at = self.moment(6, 7)
        sent = self.act(at, Deed.SEND_SPONSORED_PACKET, 0, SPONSORED_SHARES, SPONSORED_COINS)
        yield sent
        for _ in range(SPONSORED_SHARES * 3 // 4):
            later = at + timedelta(seconds=self.dice.randint(20, 40_000))
            yield self.act(later, Deed.OPEN_PACKET, self.somebody(), sent.number)

    def nights(self) -> Iterator[Act]:
        """Yield each day's end, when what is due is swept up."""
        for day in range(self.days):
            yield Act(at=self.begins + timedelta(days=day, hours=23, minutes=40), deed=Deed.NIGHT)

    def act(self, at: datetime, deed: Deed, who: int, other: int = 0, size: int = 0) -> Act:
        """Number an act: its number is its key."""
        self.numbered += 1
        return Act(at=at, deed=deed, who=who, other=other, size=size, number=self.numbered)

    def somebody(self) -> int:
        """Draw a person."""
        return self.dice.randrange(self.people)

    def moment(self, first_day: int, last_day: int) -> datetime:
        """Draw a moment by day, between eight in the morning and half past ten at night."""
        minutes = self.dice.randint(8 * 60, 22 * 60 + 30)
        return self.begins + timedelta(days=self.dice.randint(first_day, last_day), minutes=minutes)
