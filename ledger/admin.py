"""The ledger's admin, collected from its folders."""

from ledger.audit.admin import AccountAdmin, LookAdmin, MonthAdmin, TransactionAdmin

__all__ = ["AccountAdmin", "LookAdmin", "MonthAdmin", "TransactionAdmin"]
