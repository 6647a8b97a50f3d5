"""Where staff propose adjustments and reversals, a second person decides, and limits are set."""

from ledger.adjustments.admin.limits import AdjustmentLimitAdmin
from ledger.adjustments.admin.proposals import ProposalAdmin

__all__ = ["AdjustmentLimitAdmin", "ProposalAdmin"]
