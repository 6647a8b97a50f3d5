"""What every story of the market must end with."""

from exchange.orders.proofs import PROOFS
from ledger.proofs.proofs import PROOFS as LEDGER_PROOFS
from ledger.proofs.queries import finding_of


def assert_market_is_clean() -> None:
    """Run the ledger's and the market's proofs."""
    found = [finding_of(proof) for proof in (*LEDGER_PROOFS, *PROOFS)]
    assert [(one.name, one.first_broken) for one in found if not one.is_clean] == []
