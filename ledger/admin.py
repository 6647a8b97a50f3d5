"""The ledger's admin, collected from its folders."""

from ledger.adjustments.admin import AdjustmentLimitAdmin, ProposalAdmin
from ledger.audit.admin import (
    AccountAdmin,
    HeadAdmin,
    LookAdmin,
    MonthAdmin,
    ProofRunAdmin,
    TransactionAdmin,
)

__all__ = [
    "AccountAdmin",
    "AdjustmentLimitAdmin",
    "HeadAdmin",
    "LookAdmin",
    "MonthAdmin",
    "ProofRunAdmin",
    "ProposalAdmin",
    "TransactionAdmin",
]
