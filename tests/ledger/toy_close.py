"""A month with one toy stage to close, in place of all others."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import pytest

from ledger import registry
from ledger.months.operations import CLOSE_ACTOR
from ledger.operations import post
from ledger.registry import ClosingMonth, Stage
from ledger.rules import Posting, derived_month_id, move
from tests.ledger.worlds import a_holder_with, a_posting, main_of

OCTOBER = date(2026, 10, 1)
OLD = "DATA-CT-2026-10"
SHARDS = ("a", "b", "c")


class Toy:
    """A stage that expires one MB a shard, and can be told to fall over."""

    def __init__(self, holder: UUID) -> None:
        self.holder = holder
        self.falls_at: str | None = None

    def plan(self, closing: ClosingMonth, shard: str) -> Sequence[Posting]:
        if shard == self.falls_at:
            raise ConnectionAbortedError(shard)
        legs = move(asset=OLD, amount=1, source=main_of(self.holder), target="system/expired")
        return [
            Posting(
                id=derived_month_id(closing.month, "toy", shard),
                kind="expire",
                at=closing.at,
                actor=CLOSE_ACTOR,
                legs=legs,
                month=closing.month,
            )
        ]


def a_toy_close(*, opened_at: datetime, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """Give a holder three MB that expire, and make the toy the only stage."""
    holder = a_holder_with(10, at=opened_at)
    post(
        a_posting(
            *move(asset=OLD, amount=3, source="system/sold", target=main_of(holder)), at=opened_at
        )
    )
    stage = Toy(holder)
    toys = Stage(name="toy", place=1, shards=lambda _closing: SHARDS, plan=stage.plan)
    monkeypatch.setattr(registry, "_stages", {"toy": toys})
    monkeypatch.setattr(registry, "_blockers", {})
    monkeypatch.setattr(registry, "_freezers", {"rate": lambda _month, _at: {"rate": 7}})
    return stage
