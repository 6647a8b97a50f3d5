"""Open and fund merchants, show one-time codes, pay whoever scans one first."""

from wallet.merchants.operations.claim import (
    CodeExpired,
    CodeUsed,
    CounterLimitPassed,
    OwnCounter,
    UnknownCode,
    claim_code,
    look_up_code,
)
from wallet.merchants.operations.fund import fund_merchant, open_merchant
from wallet.merchants.operations.show import MerchantBudgetSpent, NotAtCounter, show_code

__all__ = [
    "CodeExpired",
    "CodeUsed",
    "CounterLimitPassed",
    "MerchantBudgetSpent",
    "NotAtCounter",
    "OwnCounter",
    "UnknownCode",
    "claim_code",
    "fund_merchant",
    "look_up_code",
    "open_merchant",
    "show_code",
]
