"""Show a one-time code at a merchant's counter."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from ledger.queries import coins_in
from ledger.refusals import KeyReused, Refusal
from ledger.rules import derived_id
from wallet.holders.models import User
from wallet.holders.operations import lock_holder, refuse_frozen, refuse_frozen_person
from wallet.holders.rules import BadAmount, checked_amount, link_token, token_hash
from wallet.merchants.models import CounterCode, Merchant
from wallet.merchants.queries import KIND, merchants_of, open_coins
from wallet.merchants.rules import merchant_budget
from wallet.policy.queries import policy_ints


class NotAtCounter(Refusal):
    """Whoever asks may not hand out this merchant's coins."""

    code = "not_at_counter"
    status = 403


class MerchantBudgetSpent(Refusal):
    """The merchant has fewer coins left than its open codes and this one would need."""

    code = "merchant_budget_spent"


@transaction.atomic
def show_code(*, merchant: Merchant, by: User, coins: int, key: UUID, now: datetime) -> CounterCode:
    """Make a code for some coins that one person may scan within minutes, and return it.

    Asked again with the same key, the first code comes back.

    Raises:
        BadAmount: no whole number of coins, or more than a code may carry.
        NotAtCounter: the person may not hand out this merchant's coins.
        KeyReused: the key already names a different code.
        HolderFrozen: the merchant, or the person, may move nothing.
        MerchantBudgetSpent: too few coins are left.
    """
    checked_amount(coins)
    if not merchants_of(by).filter(pk=merchant.pk).exists():
        raise NotAtCounter("You may not hand out this merchant's coins.")
    refuse_frozen_person(by)
    rules = policy_ints("merchant.coins_per_code_max", "merchant.code_minutes", now=now)
    if coins > rules["merchant.coins_per_code_max"]:
        most = rules["merchant.coins_per_code_max"]
        raise BadAmount(f"A code carries {most} coins at most.", coins_max=most)
    held = lock_holder(merchant.holder)
    code_id = derived_id(merchant.pk, "show_code", by.pk, key)
    found = CounterCode.objects.filter(pk=code_id).first()
    if found is not None:
        if found.coins != coins:
            raise KeyReused("The key already names a different code.", field="coins")
        return found
    refuse_frozen(held)
    left = coins_in(merchant_budget(merchant.pk)) - open_coins(merchant, now=now)
    if left < coins:
        raise MerchantBudgetSpent(f"{coins} coins asked, {left} left.", coins=coins, left=left)
    token = link_token(kind=KIND, thing_id=code_id, key=settings.LINK_KEY)
    return CounterCode.objects.create(
        id=code_id,
        merchant=merchant,
        shown_by=by,
        coins=coins,
        token_hash=token_hash(token),
        shown_at=now,
        expires_at=now + timedelta(minutes=rules["merchant.code_minutes"]),
    )
