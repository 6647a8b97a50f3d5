"""The ledger is tested alone: its toy worlds have no domain rows behind them."""

from datetime import datetime, timedelta

import pytest

from ledger import registry
from ledger.operations import open_month, open_months
from ledger.proofs.proofs import PROOFS
from ledger.rules import starts_at
from tests.ledger.toy_close import OCTOBER, Toy, a_toy_close


@pytest.fixture(autouse=True)
def _only_the_ledgers_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_proofs", {proof.name: proof for proof in PROOFS})


@pytest.fixture
def october(now: datetime) -> datetime:
    """Open October and what follows; return an instant in it."""
    open_month(month=OCTOBER)
    open_months(now=now)
    return starts_at(OCTOBER) + timedelta(days=19)


@pytest.fixture
def toy(october: datetime, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """Make October a month with one toy stage to close."""
    return a_toy_close(opened_at=october, monkeypatch=monkeypatch)
