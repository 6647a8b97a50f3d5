"""The wallet's tables, collected from its folders."""

from wallet.carriers.models import Break, Carrier, Instruction, StatementDay, Usage, UsageFile
from wallet.carriers.reconciliation.models import Reconciliation, StatementLine
from wallet.cases.models import Case
from wallet.catalog.models import Partner, Product, Purchase
from wallet.clearing.models import (
    Clearing,
    ClearingLine,
    ClearingPayment,
    ClearingStatement,
    ClearingStep,
)
from wallet.closures.models import Closure, GivenUp
from wallet.contacts.models import Contact
from wallet.convert.models import CarrierWait, Conversion, DataDelivery, LastDelivery
from wallet.earn.models import Earning, EarningStage, Postback, Task, TaskReach, TaskStage
from wallet.gift.models import Gift
from wallet.holders.models import (
    ApiRequest,
    Holder,
    HolderEvent,
    Member,
    Notice,
    Number,
    NumberEvent,
    TextMessage,
    User,
)
from wallet.identity.models import IdentityCheck
from wallet.invoices.models import Invoice, InvoiceLine, InvoiceShare
from wallet.merchants.models import CounterCode, Merchant, MerchantFunding
from wallet.notify.models import Message, NoticeChoice, Reach
from wallet.numbers.models import LoginChange, NumberCode
from wallet.offices.models import BreakAnswer, CarrierOffice, UsageUpload
from wallet.organisations.models import Invitation, MemberEvent
from wallet.packets.models import Packet, PacketDay, PacketShare, PacketVisit
from wallet.policy.models import PolicyRow
from wallet.refunds.models import CashRefund
from wallet.rollover.models import Deposit, Roll, RollAnswer, RollWish, Saving, TakeBack
from wallet.sponsors.models import Campaign, CampaignFunding, PurchaseOrder, Sponsor
from wallet.winddown.models import WindDown, WindDownStep

__all__ = [
    "ApiRequest",
    "Break",
    "BreakAnswer",
    "Campaign",
    "CampaignFunding",
    "Carrier",
    "CarrierOffice",
    "CarrierWait",
    "Case",
    "CashRefund",
    "Clearing",
    "ClearingLine",
    "ClearingPayment",
    "ClearingStatement",
    "ClearingStep",
    "Closure",
    "Contact",
    "Conversion",
    "CounterCode",
    "DataDelivery",
    "Deposit",
    "Earning",
    "EarningStage",
    "Gift",
    "GivenUp",
    "Holder",
    "HolderEvent",
    "IdentityCheck",
    "Instruction",
    "Invitation",
    "Invoice",
    "InvoiceLine",
    "InvoiceShare",
    "LastDelivery",
    "LoginChange",
    "Member",
    "MemberEvent",
    "Merchant",
    "MerchantFunding",
    "Message",
    "Notice",
    "NoticeChoice",
    "Number",
    "NumberCode",
    "NumberEvent",
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
    "Reach",
    "Reconciliation",
    "Roll",
    "RollAnswer",
    "RollWish",
    "Saving",
    "Sponsor",
    "StatementDay",
    "StatementLine",
    "TakeBack",
    "Task",
    "TaskReach",
    "TaskStage",
    "TextMessage",
    "Usage",
    "UsageFile",
    "UsageUpload",
    "User",
    "WindDown",
    "WindDownStep",
]
