"""Strike a month's statements, hear what carriers say of them, and retire them by two persons."""

from wallet.clearing.operations.retire import (
    ChargeDisputed,
    LineCountedOn,
    LinesOpen,
    SamePerson,
    StepDecided,
    StepOpen,
    approve_clearing_step,
    decline_clearing_step,
    propose_leaving_out,
    propose_retirement,
)
from wallet.clearing.operations.say import (
    BadClearingText,
    LineLeftOut,
    NothingDisputed,
    StatementRetired,
    answer_dispute,
    confirm_lines,
    dispute_line,
)
from wallet.clearing.operations.strike import INPUT, STAGES, freeze_prices

__all__ = [
    "INPUT",
    "STAGES",
    "BadClearingText",
    "ChargeDisputed",
    "LineCountedOn",
    "LineLeftOut",
    "LinesOpen",
    "NothingDisputed",
    "SamePerson",
    "StatementRetired",
    "StepDecided",
    "StepOpen",
    "answer_dispute",
    "approve_clearing_step",
    "confirm_lines",
    "decline_clearing_step",
    "dispute_line",
    "freeze_prices",
    "propose_leaving_out",
    "propose_retirement",
]
