"""Open sponsors, book what they paid, fund and steer their campaigns."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post
from ledger.queries import coins_in
from ledger.refusals import KeyReused, Refusal
from ledger.rules import CNY, COIN, Posting, derived_id, move
from wallet.carriers.models import Carrier
from wallet.holders.models import Holder, Member, User
from wallet.holders.operations import (
    add_member,
    lock_holder,
    open_organisation,
    refuse_ending,
    refuse_frozen,
)
from wallet.holders.rules import checked_amount
from wallet.sponsors.models import Campaign, CampaignFunding, PurchaseOrder, Sponsor
from wallet.sponsors.rules import campaign_budget, sponsor_budget, sponsor_receivable

NAME_LENGTH_MAX = 64


class UnknownIssuer(Refusal):
    """No carrier has this code, so nobody would owe the coins."""

    code = "unknown_issuer"
    status = 422


class BadCampaignName(Refusal):
    """A campaign's name is between 1 and 64 characters."""

    code = "bad_campaign_name"
    status = 422


class SponsorBudgetSpent(Refusal):
    """The sponsor has fewer coins than the campaign is to get."""

    code = "sponsor_budget_spent"


@transaction.atomic
def open_sponsor(*, name: str, owner: User, now: datetime) -> Sponsor:
    """Open an organisation that pays for tasks, with its first member, and return it.

    Raises:
        BadName: the name is empty or longer than 64 characters.
    """
    organisation = open_organisation(name=name, now=now)
    add_member(organisation=organisation, user=owner, role=Member.Role.OWNER)
    return Sponsor.objects.create(holder=organisation, secret_rotated_at=now)


@transaction.atomic
def rotate_postback_secret(*, sponsor: Sponsor, now: datetime) -> Sponsor:
    """Give a sponsor a new secret; messages signed with the old one are refused from now on."""
    held = Sponsor.objects.select_for_update().select_related("holder").get(pk=sponsor.pk)
    held.secret_version += 1
    held.secret_rotated_at = now
    held.save(update_fields=["secret_version", "secret_rotated_at"])
    return held


@transaction.atomic
def pay_purchase_order(
    *,
    sponsor: Sponsor,
    issuer: str,
    coins: int,
    price_fen: int,
    paid_by: str,
    key: UUID,
    now: datetime,
) -> PurchaseOrder:
    """Give a sponsor the coins it ordered from an issuer, book the price (fen), return the order.

    `issuer` is a carrier's code: who owes the coins. `paid_by` is the posting's actor. Asked
    again with the same key, the first order comes back.

    Raises:
        BadAmount: coins or price cannot be moved.
        UnknownIssuer: no carrier has this code.
        ServiceEnding: nothing is issued any more.
        KeyReused: the key already names a different order.
    """
    checked_amount(coins)
    checked_amount(price_fen)
    if not Carrier.objects.filter(pk=issuer).exists():
        raise UnknownIssuer("No carrier has this code.", issuer=issuer)
    held = lock_holder(sponsor.holder)
    order_id = derived_id(sponsor.pk, "pay_purchase_order", key)
    if not PurchaseOrder.objects.filter(pk=order_id).exists():
        refuse_ending(held)
    order, is_new = PurchaseOrder.objects.get_or_create(
        pk=order_id,
        defaults={
            "sponsor_id": sponsor.pk,
            "issuer_id": issuer,
            "coins": coins,
            "price_fen": price_fen,
            "paid_at": now,
        },
    )
    _refuse_reuse(order, issuer_id=issuer, coins=coins, price_fen=price_fen)
    if is_new:
        post(_order_posting(order=order, actor=paid_by))
    return order


def _order_posting(*, order: PurchaseOrder, actor: str) -> Posting:
    issuer = f"issuer/{order.issuer_id}"
    budget = sponsor_budget(order.sponsor_id)
    owed = sponsor_receivable(order.sponsor_id)
    return Posting(
        id=order.pk,
        kind="purchase_order",
        at=order.paid_at,
        actor=actor,
        legs=(
            *move(asset=COIN, amount=order.coins, source=issuer, target=budget),
            *move(asset=CNY, amount=order.price_fen, source=owed, target=f"{issuer}/revenue"),
        ),
        metadata={"sponsor": str(order.sponsor_id)},
    )


@transaction.atomic
def launch_campaign(
    *, sponsor: Sponsor, name: str, coins: int, key: UUID, now: datetime
) -> Campaign:
    """Open a campaign with its first coins from the sponsor's budget, and return it.

    Asked again with the same key, the first campaign comes back.

    Raises:
        BadCampaignName, BadAmount: the input cannot be used.
        HolderFrozen: the sponsor may move nothing.
        SponsorBudgetSpent: the sponsor has fewer coins than asked.
        KeyReused: the key already names a different campaign.
    """
    checked_amount(coins)
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH_MAX:
        raise BadCampaignName("A campaign's name is between 1 and 64 characters.")
    held = lock_holder(sponsor.holder)
    campaign, is_new = Campaign.objects.get_or_create(
        pk=derived_id(sponsor.pk, "launch_campaign", key),
        defaults={"sponsor": held, "name": name, "launched_at": now},
    )
    _refuse_reuse(campaign, name=name)
    funding_id = derived_id(campaign.pk, "launch")
    if is_new:
        _fund(sponsor=held, campaign=campaign, coins=coins, funding_id=funding_id, now=now)
    else:
        _refuse_reuse(CampaignFunding.objects.get(pk=funding_id), coins=coins)
    return campaign


@transaction.atomic
def fund_campaign(*, campaign: Campaign, coins: int, key: UUID, now: datetime) -> CampaignFunding:
    """Add coins of the sponsor's budget to a campaign's, and return the top-up.

    Asked again with the same key, the first top-up comes back.

    Raises:
        BadAmount: the coins cannot be moved.
        HolderFrozen: the sponsor may move nothing.
        SponsorBudgetSpent: the sponsor has fewer coins than asked.
        KeyReused: the key already names a different top-up.
    """
    checked_amount(coins)
    held = lock_holder(campaign.sponsor)
    funding_id = derived_id(held.pk, "fund_campaign", key)
    found = CampaignFunding.objects.filter(pk=funding_id).first()
    if found is not None:
        _refuse_reuse(found, campaign_id=campaign.pk, coins=coins)
        return found
    return _fund(sponsor=held, campaign=campaign, coins=coins, funding_id=funding_id, now=now)


def _fund(
    *, sponsor: Holder, campaign: Campaign, coins: int, funding_id: UUID, now: datetime
) -> CampaignFunding:
    refuse_frozen(sponsor)
    budget = sponsor_budget(sponsor.pk)
    # Exact: whatever leaves this budget does so under the sponsor's lock.
    left = coins_in(budget)
    if left < coins:
        raise SponsorBudgetSpent(f"{coins} coins asked, {left} left.", coins=coins, left=left)
    funding = CampaignFunding.objects.create(
        pk=funding_id, campaign=campaign, coins=coins, funded_at=now
    )
    target = campaign_budget(campaign.pk)
    post(
        Posting(
            id=funding.pk,
            kind="campaign_funding",
            at=now,
            actor=f"sponsor/{sponsor.pk}",
            legs=move(asset=COIN, amount=coins, source=budget, target=target),
            metadata={"campaign": str(campaign.pk)},
        )
    )
    return funding


def pause_campaign(*, campaign: Campaign) -> Campaign:
    """Let nobody start this campaign's tasks; what was started goes on."""
    return _steer(campaign=campaign, state=Campaign.State.PAUSED)


def resume_campaign(*, campaign: Campaign) -> Campaign:
    """Let people start a paused campaign's tasks again."""
    return _steer(campaign=campaign, state=Campaign.State.LIVE)


@transaction.atomic
def _steer(*, campaign: Campaign, state: Campaign.State) -> Campaign:
    held = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    held.state = state
    held.save(update_fields=["state"])
    return held


def _refuse_reuse(row: PurchaseOrder | Campaign | CampaignFunding, **asked: object) -> None:
    for field, value in asked.items():
        if getattr(row, field) != value:
            name = field.removesuffix("_id")
            raise KeyReused("The key already names something else.", field=name)
