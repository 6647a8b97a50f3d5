"""The admin's rooms of carriers, and what other families' rooms are built on."""

from wallet.carriers.admin.bases import OfNumbers, ReadOnly
from wallet.carriers.admin.breaks import BreakAdmin
from wallet.carriers.admin.carriers import (
    CarrierAdmin,
    InstructionAdmin,
    UsageAdmin,
    UsageFileAdmin,
)
from wallet.carriers.admin.statements import ReconciliationAdmin, StatementDayAdmin

__all__ = [
    "BreakAdmin",
    "CarrierAdmin",
    "InstructionAdmin",
    "OfNumbers",
    "ReadOnly",
    "ReconciliationAdmin",
    "StatementDayAdmin",
    "UsageAdmin",
    "UsageFileAdmin",
]
