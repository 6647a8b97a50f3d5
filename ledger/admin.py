"""The ledger's admin, collected from its folders."""

from ledger.audit.admin import AccountAdmin, MonthAdmin, TransactionAdmin

__all__ = ["AccountAdmin", "MonthAdmin", "TransactionAdmin"]
