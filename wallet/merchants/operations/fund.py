"""Open a merchant, and give it coins of a sponsor's budget."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post
from ledger.queries import coins_in
from ledger.refusals import KeyReused
from ledger.rules import COIN, Posting, derived_id, move
from wallet.holders.models import Member, User
from wallet.holders.operations import add_member, lock_holder, open_organisation, refuse_frozen
from wallet.holders.rules import checked_amount
from wallet.merchants.models import Merchant, MerchantFunding
from wallet.merchants.rules import merchant_budget
from wallet.sponsors.models import Sponsor
from wallet.sponsors.operations import SponsorBudgetSpent
from wallet.sponsors.rules import sponsor_budget


@transaction.atomic
def open_merchant(*, name: str, owner: User, now: datetime) -> Merchant:
    """Open an organisation that hands out coins, with its first member, and return it.

    Raises:
        BadName: the name is empty or longer than 64 characters.
    """
    organisation = open_organisation(name=name, now=now)
    add_member(organisation=organisation, user=owner, role=Member.Role.OWNER)
    return Merchant.objects.create(holder=organisation, opened_at=now)


@transaction.atomic
def fund_merchant(
    *, sponsor: Sponsor, merchant: Merchant, coins: int, key: UUID, now: datetime
) -> MerchantFunding:
    """Give a merchant coins of a sponsor's budget, and return the funding.

    Asked again with the same key, the first funding comes back.

    Raises:
        BadAmount: the coins cannot be moved.
        KeyReused: the key already names a different funding.
        HolderFrozen: the sponsor may move nothing.
        SponsorBudgetSpent: the sponsor has fewer coins than asked.
    """
    checked_amount(coins)
    held = lock_holder(sponsor.holder)
    funding_id = derived_id(held.pk, "fund_merchant", key)
    found = MerchantFunding.objects.filter(pk=funding_id).first()
    if found is not None:
        for field, value in {"merchant_id": merchant.pk, "coins": coins}.items():
            if getattr(found, field) != value:
                name = field.removesuffix("_id")
                raise KeyReused("The key already names a different funding.", field=name)
        return found
    refuse_frozen(held)
    budget = sponsor_budget(held.pk)
    # Exact: whatever leaves this budget does so under the sponsor's lock.
    left = coins_in(budget)
    if left < coins:
        raise SponsorBudgetSpent(f"{coins} coins asked, {left} left.", coins=coins, left=left)
    funding = MerchantFunding.objects.create(
        pk=funding_id, merchant=merchant, sponsor=held, coins=coins, funded_at=now
    )
    post(
        Posting(
            id=funding.pk,
            kind="merchant_funding",
            at=now,
            actor=f"sponsor/{held.pk}",
            legs=move(asset=COIN, amount=coins, source=budget, target=merchant_budget(merchant.pk)),
            metadata={"merchant": str(merchant.pk)},
        )
    )
    return funding
