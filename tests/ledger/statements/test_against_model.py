"""Balances in time and statements agree with a plain list of entries, whatever was posted."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ledger import registry
from ledger.checkpoints.operations import cut_checkpoints
from ledger.checkpoints.proofs import PROOFS
from ledger.months.operations import last_instant, settle_month
from ledger.operations import open_month, post_batch
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from ledger.registry import ClosingMonth, Stage
from ledger.rules import COIN, Posting, account_id, derived_month_id, month_after, starts_at
from ledger.statements.queries import (
    Line,
    Statement,
    balance_at,
    came_in,
    lines_of,
    statement_after,
    statement_before,
)
from ledger.statements.rules import BEGINNING, END, Place
from tests.ledger.worlds import ISSUER, coins, main_of

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]
MONTHS = 3
EXPIRED = 3
FIRST_MONTH = date(2026, 11, 1)
# Instants of a month, as shares of it: few, so that many entries share one; out of order, too.
SHARES = (0, 1, 40, 41, 99, 100)


@dataclass
class Model:
    """Entries of one holder as they were posted: month, instant, signed coins."""

    first: date
    holder: UUID = field(default_factory=uuid4)
    entries: list[tuple[date, datetime, int]] = field(default_factory=list)
    closed: int = 0

    def month(self, index: int) -> date:
        return month_after(self.first, index)

    def instant(self, index: int, share: int) -> datetime:
        """Return the instant at that hundredth of a month; at 100, its last."""
        month = self.month(index)
        if share == 100:
            return last_instant(month)
        return starts_at(month) + (starts_at(month_after(month)) - starts_at(month)) * share / 100

    def in_order(self) -> list[tuple[date, datetime, int]]:
        return sorted(self.entries, key=lambda entry: entry[0])  # stable: as posted

    def before(self, instant: datetime | None) -> int:
        return sum(amount for _, at, amount in self.entries if instant is None or at < instant)

    def lines(
        self, *, since: datetime | None, until: datetime | None
    ) -> list[tuple[datetime, int, int]]:
        """Return instant, amount and balance of each line."""
        balance = self.before(since) if since else 0
        found = []
        for _, at, amount in self.in_order():
            if (since is None or at >= since) and (until is None or at < until):
                balance += amount
                found.append((at, amount, balance))
        return found


Instant = tuple[int, int, int]


@dataclass(frozen=True)
class Post:
    """Post that many transactions of some coins each, to the holder or from it."""

    index: int
    share: int
    count: int
    amount: int

    def __call__(self, model: Model) -> None:
        if self.index < model.closed:
            return
        if self.amount < 0 and model.before(None) + self.amount * self.count < 0:
            return
        at, month = model.instant(self.index, self.share), model.month(self.index)
        source, target = ISSUER, main_of(model.holder)
        if self.amount < 0:
            source, target = target, source
        legs = coins(abs(self.amount), source, target)
        post_batch(
            [
                Posting(id=uuid4(), kind="correction", at=at, actor="test", legs=legs)
                for _ in range(self.count)
            ]
        )
        model.entries += [(month, at, self.amount)] * self.count


class Close:
    """Close the earliest open month; the close takes some coins, at the month's last instant."""

    def __repr__(self) -> str:
        return "Close()"

    def __call__(self, model: Model) -> None:
        if model.closed == MONTHS:
            return
        month = model.month(model.closed)
        if coins_in(main_of(model.holder)) >= EXPIRED:
            model.entries.append((month, last_instant(month), -EXPIRED))
        settle_month(month=month, now=starts_at(month_after(month)) + timedelta(hours=1))
        model.closed += 1


class Cut:
    """Cut checkpoints."""

    def __repr__(self) -> str:
        return "Cut()"

    def __call__(self, model: Model) -> None:
        cut_checkpoints()


POSTS = st.builds(
    Post,
    index=st.integers(0, MONTHS - 1),
    share=st.sampled_from(SHARES),
    count=st.sampled_from((1, 2, 7, 200, 511, 700)),
    amount=st.integers(-9, 30).filter(bool),
)
STEPS = st.lists(st.one_of(POSTS, POSTS, POSTS, st.builds(Close), st.builds(Cut)), max_size=14)
INSTANTS = st.tuples(
    st.integers(0, MONTHS - 1), st.sampled_from(SHARES), st.sampled_from((-1, 0, 1))
)
RANGES = st.lists(
    st.tuples(st.none() | INSTANTS, st.none() | INSTANTS, st.integers(1, 900)),
    min_size=4,
    max_size=4,
)
# Out of order by half a month, so that checkpoints overlap in time, and a month closed late.
MIXED: list[Callable[[Model], None]] = [
    *(Post(0, share, 250, 3) for share in (40, 1, 99, 41, 40, 0)),
    Cut(),
    *(Post(0, share, 130, -1) for share in (99, 1, 41, 100)),
    *(Post(1, share, 300, 2) for share in (40, 0, 41)),
    Cut(),
    Close(),
    *(Post(1, share, 90, 5) for share in (1, 99, 40)),
    Post(2, 1, 600, 1),
    Cut(),
]
BOUNDS = [(month, share, late) for month in (0, 1) for share in (1, 40, 99) for late in (0, 1)]
ALL_BOUNDS: list[tuple[Instant | None, Instant | None, int]] = [
    (since, until, 450)
    for since, until in list(itertools.combinations((None, *BOUNDS, None), 2))[::4]
]
_months = (month_after(FIRST_MONTH, MONTHS * count) for count in itertools.count())
_holders: list[UUID] = []


@pytest.fixture(autouse=True)
def _stage(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make one stage the whole close: it takes coins of the holder of this example."""

    def plan(closing: ClosingMonth, shard: str) -> Sequence[Posting]:
        holder = main_of(_holders[-1])
        if coins_in(holder) < EXPIRED:
            return []
        posting = Posting(
            id=derived_month_id(closing.month, "toy", holder),
            kind="expire",
            at=closing.at,
            actor="close",
            legs=coins(EXPIRED, holder, "system/expired"),
            month=closing.month,
        )
        return [posting]

    toy = Stage(name="toy", place=1, shards=lambda _closing: ("all",), plan=plan)
    monkeypatch.setattr(registry, "_stages", {"toy": toy})
    monkeypatch.setattr(registry, "_blockers", {})
    monkeypatch.setattr(registry, "_freezers", {})


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, ranges=RANGES)
@example(steps=MIXED, ranges=ALL_BOUNDS)
def test_statements_agree_with_a_list_of_entries(
    steps: list[Callable[[Model], None]],
    ranges: list[tuple[Instant | None, Instant | None, int]],
) -> None:
    model = Model(first=next(_months))
    _holders.append(model.holder)
    for index in range(MONTHS + 1):
        open_month(month=model.month(index))
    for step in steps:
        step(model)
    for since, until, limit in ranges:
        assert_agrees(model, since=_at(model, since), until=_at(model, until), limit=limit)
    assert finding_of(PROOFS[0]).first_broken == ""
    while model.closed < MONTHS:  # the next example has months of its own
        Close()(model)
    assert_agrees(model, since=None, until=None, limit=400)


def _at(model: Model, instant: Instant | None) -> datetime | None:
    if instant is None:
        return None
    index, share, microseconds = instant
    return model.instant(index, share) + timedelta(microseconds=microseconds)


def assert_agrees(
    model: Model, *, since: datetime | None, until: datetime | None, limit: int
) -> None:
    address = main_of(model.holder)
    account = account_id(address=address, asset=COIN)
    assert coins_in(address) == model.before(None)
    for instant in filter(None, (since, until)):
        assert balance_at(account, at=instant - timedelta(microseconds=1)) == model.before(instant)
    if since and until and since >= until:
        return
    expected = model.lines(since=since, until=until)
    for walk in (_forward, _backward):
        pages = list(walk(account, since=since, until=until, limit=limit))
        assert {page.opening for page in pages} == {model.before(since) if since else 0}
        assert {page.closing for page in pages} == {model.before(until)}
        lines = [line for page in pages for line in page.lines]
        assert [(line.at, line.amount, line.balance) for line in lines] == expected
        assert [line.place for line in lines] == sorted(line.place for line in lines)
    assert _plain(lines_of(account, since=since, until=until)) == expected
    if since and until:
        added = sum(amount for _, amount, _ in expected if amount > 0)
        assert came_in(account, since=since, until=until) == added


def _plain(lines: Iterator[Line]) -> list[tuple[datetime, int, int]]:
    return [(line.at, line.amount, line.balance) for line in lines]


def _forward(
    account: UUID, *, since: datetime | None, until: datetime | None, limit: int
) -> Iterator[Statement]:
    place: Place | None = BEGINNING
    while place is not None:
        page = statement_after(account, place=place, since=since, until=until, limit=limit)
        assert (page.before is None) == (place == BEGINNING)
        yield page
        place = page.after


def _backward(
    account: UUID, *, since: datetime | None, until: datetime | None, limit: int
) -> list[Statement]:
    pages: list[Statement] = []
    place: Place | None = END
    while place is not None:
        page = statement_before(account, place=place, since=since, until=until, limit=limit)
        assert (page.after is None) == (place == END)
        pages.insert(0, page)
        place = page.before
    return pages
