"""While a month of thousands of entries closes, the next one is posted to without a refusal or a stop."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from threading import Event
from uuid import UUID

import pytest

from ledger import registry
from ledger.models import Entry, Transaction
from ledger.months.operations import CLOSE_ACTOR, parts, settle_month
from ledger.operations import Outcome, open_month, open_months, post, post_batch
from ledger.queries import amount_at
from ledger.registry import ClosingMonth, Stage
from ledger.rules import Posting, derived_id, derived_month_id, move, starts_at
from tests.ledger.worlds import a_posting, coins, main_of
from tests.races.threads import in_thread
from tests.waiting import WAIT_SECONDS_MAX, until

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]

OCTOBER = date(2026, 10, 1)
OLD = "DATA-CT-2026-10"
HOLDERS = [derived_id("holder", place) for place in range(1_000)]
SHARDS = [str(place) for place in range(10)]
BATCH = 500
THREADS = 4
CLOSE_SECONDS_MAX = 300  # a busy machine is slow, not wrong


@dataclass(slots=True)
class Poster:
    """Posts to November until the close has ended; remembers how long each posting took."""

    place: int
    now: datetime
    seconds: list[float] = field(default_factory=list)
    outcomes: set[Outcome] = field(default_factory=set)

    def run(self, ended: Event) -> None:
        """Take turns between a holder's own account and what the close is about to expire."""
        dice = Random(self.place)
        for number in count():
            if ended.is_set():
                return
            giver, taker = dice.sample(HOLDERS, 2)
            legs = coins(1, main_of(giver), main_of(taker))
            name = derived_id("november", self.place, number)
            begun = time.monotonic()
            if number % 10:
                self.outcomes.add(post(a_posting(*legs, at=self.now, id=name)))
            else:
                more = coins(1, "issuer/CT", main_of(taker))
                batch = [a_posting(*legs, at=self.now, id=name), a_posting(*more, at=self.now)]
                assert len(post_batch(batch)) == len(batch)
            self.seconds.append(time.monotonic() - begun)


def _expire(closing: ClosingMonth, shard: str) -> Sequence[Posting]:
    return [
        Posting(
            id=derived_month_id(closing.month, "expire", holder),
            kind="expire",
            at=closing.at,
            actor=CLOSE_ACTOR,
            legs=move(asset=OLD, amount=7, source=main_of(holder), target="system/expired"),
            month=closing.month,
        )
        for holder in _of_shard(shard)
    ]


def _of_shard(shard: str) -> list[UUID]:
    return HOLDERS[int(shard) :: len(SHARDS)]


@pytest.fixture(autouse=True)
def _october(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_blockers", "_freezers"):
        monkeypatch.setattr(registry, name, {})
    stage = Stage(name="expire", place=1, shards=lambda _closing: SHARDS, plan=_expire)
    monkeypatch.setattr(registry, "_stages", {"expire": stage})
    ledgers_own = {name: proof for name, proof in registry._proofs.items() if _is_ledgers(proof)}
    monkeypatch.setattr(registry, "_proofs", ledgers_own)
    open_month(month=OCTOBER)
    open_months(now=now)
    in_october = starts_at(OCTOBER) + timedelta(days=12)
    for first in range(0, len(HOLDERS), BATCH):
        holders = HOLDERS[first : first + BATCH]
        post_batch([_funding(holder, at=in_october) for holder in holders])


def _is_ledgers(proof: registry.Proof) -> bool:
    return proof.sql is not None and proof.sql.parts[-3:-1] == ("proofs", "sql")


def _funding(holder: UUID, *, at: datetime) -> Posting:
    return a_posting(
        *coins(1_000, "issuer/CT", main_of(holder)),
        *move(asset=OLD, amount=7, source="system/sold", target=main_of(holder)),
        at=at,
    )


def test_close_keeps_nobody_waiting(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Event()
    posters = [Poster(place, now) for place in range(THREADS)]

    def post_part(postings: Sequence[Posting]) -> None:
        """Post a part of the close, and commit it only when everybody has gone on meanwhile."""
        post_batch(postings)
        before = [len(poster.seconds) for poster in posters]
        # One call each may have been under way before: the second is begun and ended meanwhile.
        until(lambda: all(len(posters[n].seconds) > before[n] + 1 for n in range(THREADS)))

    monkeypatch.setattr(parts, "post_batch", post_part)
    posting = [in_thread(partial(poster.run, ended)) for poster in posters]
    begun = time.monotonic()
    try:
        close = in_thread(partial(settle_month, month=OCTOBER, now=now))
        assert close.result(timeout=CLOSE_SECONDS_MAX).ended_at  # others posting do not hold it up
    finally:
        took = time.monotonic() - begun
        ended.set()
    for future in posting:
        future.result(timeout=WAIT_SECONDS_MAX)  # raises what was refused
    assert amount_at("system/expired", OLD) == 7 * len(HOLDERS)
    assert Entry.objects.filter(month=OCTOBER).count() == 6 * len(HOLDERS)
    seconds = sorted(each for poster in posters for each in poster.seconds)
    assert {outcome for poster in posters for outcome in poster.outcomes} == {Outcome.POSTED}
    calls = Transaction.objects.filter(month=date(2026, 11, 1), actor="test").count()
    assert calls >= len(seconds) > len(SHARDS) * THREADS
    sys.stdout.write(
        f"\nThe close took {took:.1f} s; meanwhile {len(seconds):,} calls were posted, half in"
        f" {seconds[len(seconds) // 2] * 1000:.0f} ms, the slowest in {seconds[-1] * 1000:.0f} ms.\n"
    )
