"""Publish tasks, start them, prove their stages, pay them out, take back what lapsed."""

from wallet.earn.operations.ending import end_earnings
from wallet.earn.operations.pay import lapse_earnings, vest_due_stages
from wallet.earn.operations.prove import (
    BadPostback,
    EarningEnded,
    EventOutOfOrder,
    UnknownEarning,
    UnknownEvent,
    receive_postback,
)
from wallet.earn.operations.publish import BadTask, close_task, publish_task, reopen_task
from wallet.earn.operations.start import (
    CampaignBudgetSpent,
    OwnTask,
    TaskAlreadyStarted,
    TaskClosed,
    note_reach,
    start_task,
)

__all__ = [
    "BadPostback",
    "BadTask",
    "CampaignBudgetSpent",
    "EarningEnded",
    "EventOutOfOrder",
    "OwnTask",
    "TaskAlreadyStarted",
    "TaskClosed",
    "UnknownEarning",
    "UnknownEvent",
    "close_task",
    "end_earnings",
    "lapse_earnings",
    "note_reach",
    "publish_task",
    "receive_postback",
    "reopen_task",
    "start_task",
    "vest_due_stages",
]
