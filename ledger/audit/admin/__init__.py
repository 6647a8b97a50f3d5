"""The admin's read-only rooms, and lists that never count."""

from ledger.audit.admin.base import ReadOnlyAdmin
from ledger.audit.admin.checks import HeadAdmin, ProofRunAdmin
from ledger.audit.admin.dress import dress
from ledger.audit.admin.rooms import AccountAdmin, LookAdmin, MonthAdmin, TransactionAdmin

__all__ = [
    "AccountAdmin",
    "HeadAdmin",
    "LookAdmin",
    "MonthAdmin",
    "ProofRunAdmin",
    "ReadOnlyAdmin",
    "TransactionAdmin",
    "dress",
]
