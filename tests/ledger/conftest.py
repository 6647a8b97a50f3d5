"""The ledger is tested alone: its toy worlds have no domain rows behind them."""

import pytest

from ledger import registry
from ledger.proofs.proofs import PROOFS


@pytest.fixture(autouse=True)
def _only_the_ledgers_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_proofs", {proof.name: proof for proof in PROOFS})
