"""What each client posts, in order: the same for the same seed, however often it is begun anew."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from ledger.rules import COIN, Leg, Posting, derived_id, merged, move

AT = datetime(2026, 11, 16, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
DATA = "DATA-CT-2026-11"
HOLDERS = [f"holder/{derived_id('holder', place)}/main" for place in range(12)]
FUNDS = 10**9  # no floor is ever met: what is planned can be posted in any order
BATCH_MAX = 12


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the ledger: a posting alone, or a batch."""

    postings: tuple[Posting, ...]

    @property
    def ids(self) -> frozenset[UUID]:
        return frozenset(posting.id for posting in self.postings)


def call_of(*, seed: int, client: int, number: int) -> Call:
    """Return a client's call with this number."""
    dice = Random(f"{seed}/{client}/{number}")
    size = 1 if dice.random() < 0.6 else dice.randint(2, BATCH_MAX)
    named = ((seed, client, number, place) for place in range(size))
    return Call(tuple(_posting(dice, derived_id(*name)) for name in named))


def _posting(dice: Random, name: UUID) -> Posting:
    legs: list[Leg] = []
    for asset in dice.sample((COIN, DATA), k=dice.randint(1, 2)):
        giver, taker = dice.sample(HOLDERS, 2)
        # Some accounts are new, some keep no balance row, some are everybody's.
        source = dice.choice((giver, giver, "issuer/CT" if asset == COIN else "system/sold"))
        target = f"gift/{name}" if dice.random() < 0.2 else taker
        legs += move(asset=asset, amount=dice.randint(1, 9), source=source, target=target)
    return Posting(id=name, kind="correction", at=AT, actor="test", legs=merged(legs))


def funding() -> list[Posting]:
    """Return what gives every holder enough for whatever is planned."""
    sources = {COIN: "issuer/CT", DATA: "system/sold"}
    return [
        Posting(
            id=derived_id("funds", holder, asset),
            kind="correction",
            at=AT,
            actor="test",
            legs=move(asset=asset, amount=FUNDS, source=source, target=holder),
        )
        for holder in HOLDERS
        for asset, source in sources.items()
    ]


def balances_after(postings: Iterable[Posting]) -> Counter[tuple[str, str]]:
    """Return what every account holds once these are posted, by address and asset."""
    balances = Counter[tuple[str, str]]()
    for posting in postings:
        for leg in posting.legs:
            balances[leg.address, leg.asset] += leg.amount
    return balances
