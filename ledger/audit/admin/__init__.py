"""The admin's read-only rooms, and lists that never count."""

from ledger.audit.admin.base import ReadOnlyAdmin
from ledger.audit.admin.rooms import AccountAdmin, LookAdmin, MonthAdmin, TransactionAdmin

__all__ = ["AccountAdmin", "LookAdmin", "MonthAdmin", "ReadOnlyAdmin", "TransactionAdmin"]
