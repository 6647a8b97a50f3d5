"""Propose, approve, decline, withdraw, expire: the database's functions hold it to two persons."""

from ledger.adjustments.operations.decide import (
    approve_proposal,
    decline_proposal,
    expire_proposals,
    withdraw_proposal,
)
from ledger.adjustments.operations.limits import set_adjustment_limit
from ledger.adjustments.operations.propose import propose_adjustment, propose_reversal

__all__ = [
    "approve_proposal",
    "decline_proposal",
    "expire_proposals",
    "propose_adjustment",
    "propose_reversal",
    "set_adjustment_limit",
    "withdraw_proposal",
]
