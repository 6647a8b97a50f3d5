"""Reads about tasks and earnings, and a campaign's report."""

from wallet.earn.queries.offers import (
    cause_of_earning,
    coins_waiting_for,
    earning_of,
    earnings_of,
    earnings_owned_by,
    open_earnings,
    open_earnings_of,
    task_with,
    tasks_of,
    tasks_on_offer,
)
from wallet.earn.queries.reports import (
    CampaignReport,
    DayLeft,
    StageReport,
    budget_by_day,
    report_of,
)

__all__ = [
    "CampaignReport",
    "DayLeft",
    "StageReport",
    "budget_by_day",
    "cause_of_earning",
    "coins_waiting_for",
    "earning_of",
    "earnings_of",
    "earnings_owned_by",
    "open_earnings",
    "open_earnings_of",
    "report_of",
    "task_with",
    "tasks_of",
    "tasks_on_offer",
]
