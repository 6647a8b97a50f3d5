"""The close: begin it, run its parts by as many as may, seal it. Killed anywhere, run it again."""

from ledger.months.operations.balances import BALANCES
from ledger.months.operations.begin import (
    CLOSE_ACTOR,
    begin_close,
    closing_month,
    last_instant,
    unknown_stages,
)
from ledger.months.operations.parts import has_parts_left, post_planned, run_next_part
from ledger.months.operations.seats import LEADER, a_seat
from ledger.months.operations.settle import (
    end_close,
    help_close,
    lead_close,
    rehearse_close,
    settle_month,
)

__all__ = [
    "BALANCES",
    "CLOSE_ACTOR",
    "LEADER",
    "a_seat",
    "begin_close",
    "closing_month",
    "end_close",
    "has_parts_left",
    "help_close",
    "last_instant",
    "lead_close",
    "post_planned",
    "rehearse_close",
    "run_next_part",
    "settle_month",
    "unknown_stages",
]
