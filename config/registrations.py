"""What the apps tell the ledger: proofs, causes behind addresses, stages of the close."""

from ledger import registry
from ledger.proofs.rules import PROOFS as LEDGER_PROOFS


def register() -> None:
    """Register everything, once, when all apps are loaded."""
    registry.register_proofs(LEDGER_PROOFS)
