"""What an auditor asks: what a text names, what is in it, how it got there, whether all adds up."""

from ledger.audit.queries.legs import ExplainedLeg, legs_of, reversal_of
from ledger.audit.queries.looks import reason_in_force
from ledger.audit.queries.search import found_by, is_personal, title_of
from ledger.audit.queries.timeline import (
    Asked,
    Line,
    Place,
    Timeline,
    held_by,
    timeline_at,
    timeline_of,
)
from ledger.audit.queries.trial import TrialAsset, TrialLine, trial_balance

__all__ = [
    "Asked",
    "ExplainedLeg",
    "Line",
    "Place",
    "Timeline",
    "TrialAsset",
    "TrialLine",
    "found_by",
    "held_by",
    "is_personal",
    "legs_of",
    "reason_in_force",
    "reversal_of",
    "timeline_at",
    "timeline_of",
    "title_of",
    "trial_balance",
]
