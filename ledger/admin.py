"""The ledger's admin, collected from its folders."""

from ledger.adjustments.admin import AdjustmentLimitAdmin, ProposalAdmin
from ledger.audit.admin import AccountAdmin, LookAdmin, MonthAdmin, TransactionAdmin

__all__ = [
    "AccountAdmin",
    "AdjustmentLimitAdmin",
    "LookAdmin",
    "MonthAdmin",
    "ProposalAdmin",
    "TransactionAdmin",
]
