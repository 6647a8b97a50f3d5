"""The wallet's tables, collected from its folders."""

from wallet.carriers.models import Break, Carrier, Instruction, StatementDay, Usage, UsageFile
from wallet.cases.models import Case
from wallet.catalog.models import Partner, Product, Purchase
from wallet.contacts.models import Contact
from wallet.convert.models import Conversion, DataDelivery
from wallet.earn.models import Earning, EarningStage, Postback, Task, TaskReach, TaskStage
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
from wallet.merchants.models import CounterCode, Merchant, MerchantFunding
from wallet.packets.models import Packet, PacketDay, PacketShare, PacketVisit
from wallet.policy.models import PolicyRow
from wallet.rollover.models import Deposit, Roll, RollAnswer, RollWish, Saving, TakeBack
from wallet.sponsors.models import Campaign, CampaignFunding, PurchaseOrder, Sponsor

__all__ = [
    "ApiRequest",
    "Break",
    "Campaign",
    "CampaignFunding",
    "Carrier",
    "Case",
    "Contact",
    "Conversion",
    "CounterCode",
    "DataDelivery",
    "Deposit",
    "Earning",
    "EarningStage",
    "Gift",
    "Holder",
    "Instruction",
    "Member",
    "Merchant",
    "MerchantFunding",
    "Notice",
    "Number",
    "Packet",
    "PacketDay",
    "PacketShare",
    "PacketVisit",
    "Partner",
    "PolicyRow",
    "Postback",
    "Product",
    "Purchase",
    "PurchaseOrder",
    "Roll",
    "RollAnswer",
    "RollWish",
    "Saving",
    "Sponsor",
    "StatementDay",
    "TakeBack",
    "Task",
    "TaskReach",
    "TaskStage",
    "TextMessage",
    "Usage",
    "UsageFile",
    "User",
]
