"""The wallet's tables, collected from its folders."""

from wallet.carriers.models import Break, Carrier, Instruction, StatementDay, Usage, UsageFile
from wallet.convert.models import Conversion, DataDelivery
from wallet.earn.models import Earning, EarningStage, Postback, Task, TaskStage
from wallet.gift.models import Gift
from wallet.holders.models import (
    ApiRequest,
    Holder,
    Member,
    Notice,
    Number,
    TextMessage,
    User,
)
from wallet.policy.models import PolicyRow
from wallet.rollover.models import Deposit, Roll, TakeBack
from wallet.sponsors.models import Campaign, CampaignFunding, PurchaseOrder

__all__ = [
    "ApiRequest",
    "Break",
    "Campaign",
    "CampaignFunding",
    "Carrier",
    "Conversion",
    "DataDelivery",
    "Deposit",
    "Earning",
    "EarningStage",
    "Gift",
    "Holder",
    "Instruction",
    "Member",
    "Notice",
    "Number",
    "PolicyRow",
    "Postback",
    "PurchaseOrder",
    "Roll",
    "StatementDay",
    "TakeBack",
    "Task",
    "TaskStage",
    "TextMessage",
    "Usage",
    "UsageFile",
    "User",
]
