"""Reads about sponsors: who speaks for one, what it bought, what its campaigns hold."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ledger.queries import coins_in, holdings_at
from ledger.refusals import Refusal
from ledger.registry import Cause
from ledger.rules import instant_in_words
from wallet.holders.models import Holder, Member, User
from wallet.holders.rules import UnknownId
from wallet.sponsors.models import Campaign, PurchaseOrder, Sponsor
from wallet.sponsors.rules import campaign_budget, postback_secret, sponsor_budget


class NotAMember(Refusal):
    """Whoever asks has no role in the organisation, or not the role this needs."""

    code = "not_a_member"
    status = 403


def sponsor_with(sponsor_id: UUID) -> Sponsor:
    """Return the sponsor whose holder has this id.

    Raises:
        UnknownId: there is none.
    """
    found = Sponsor.objects.select_related("holder").filter(pk=sponsor_id).first()
    if found is None:
        raise UnknownId("No sponsor has this id.")
    return found


def sponsors_of(user: User) -> QuerySet[Sponsor]:
    """Return the sponsors in which a person has a role, by name."""
    return (
        Sponsor.objects.filter(holder__members__user=user)
        .select_related("holder")
        .order_by("holder__name", "pk")
    )


def role_in(*, sponsor: Sponsor, user: User) -> Member.Role:
    """Return a person's role in a sponsor.

    Raises:
        NotAMember: the person has none.
    """
    member = Member.objects.filter(organisation_id=sponsor.pk, user=user).first()
    if member is None:
        raise NotAMember("You do not belong to this sponsor.")
    return Member.Role(member.role)


def spoken_for_by(user: User, *, sponsor_id: UUID) -> Sponsor:
    """Return a sponsor in which a person has a role.

    Raises:
        UnknownId: there is no such sponsor, or it is none of the person's.
    """
    found = sponsors_of(user).filter(pk=sponsor_id).first()
    if found is None:
        raise UnknownId("You speak for no such sponsor.")
    return found


def managed_by(user: User, *, sponsor_id: UUID) -> Sponsor:
    """Return a sponsor whose coins a person may move.

    Raises:
        UnknownId: there is no such sponsor, or it is none of the person's.
        NotAMember: the person's role in it does not allow this.
    """
    found = spoken_for_by(user, sponsor_id=sponsor_id)
    if not may_manage(role_in(sponsor=found, user=user)):
        raise NotAMember("Your role in this sponsor does not allow this.")
    return found


def may_manage(role: Member.Role) -> bool:
    """Say whether a role may move a sponsor's coins and see its secret."""
    return role in {Member.Role.OWNER, Member.Role.MANAGER}


def is_member(*, sponsor_id: UUID, holder: Holder) -> bool:
    """Say whether a person's holder belongs to somebody with a role in the sponsor."""
    return Member.objects.filter(organisation_id=sponsor_id, user__holder=holder).exists()


def secret_of(sponsor: Sponsor) -> str:
    """Return the secret in force for a sponsor's postbacks."""
    return postback_secret(
        key=settings.LINK_KEY, sponsor_id=sponsor.pk, version=sponsor.secret_version
    )


def budget_of(sponsor: Sponsor) -> int:
    """Return the coins a sponsor bought and has not given to a campaign."""
    return coins_in(sponsor_budget(sponsor.pk))


def orders_of(sponsor: Sponsor) -> QuerySet[PurchaseOrder]:
    """Return a sponsor's paid orders, newest first."""
    return PurchaseOrder.objects.filter(sponsor_id=sponsor.pk).order_by("-paid_at", "-id")


def campaigns_of(sponsor: Sponsor) -> QuerySet[Campaign]:
    """Return a sponsor's campaigns, newest first."""
    return Campaign.objects.filter(sponsor_id=sponsor.pk).order_by("-launched_at", "-id")


def campaign_of(*, sponsor: Sponsor, campaign_id: UUID) -> Campaign:
    """Return one of a sponsor's campaigns.

    Raises:
        UnknownId: the sponsor has no such campaign.
    """
    found = campaigns_of(sponsor).filter(pk=campaign_id).first()
    if found is None:
        raise UnknownId("The sponsor has no such campaign.")
    return found


def budgets_left(campaign_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the coins each campaign may still hand out; all of them in one read."""
    held = {one.address: one.amount for one in holdings_at(map(campaign_budget, campaign_ids))}
    return {each: held.get(campaign_budget(each), 0) for each in campaign_ids}


def cause_of_campaign(address: str) -> Cause | None:
    """Tell an auditor which campaign an address belongs to."""
    found = Campaign.objects.select_related("sponsor").filter(pk=address.split("/")[1]).first()
    if found is None:
        return None
    facts = {
        _("赞助方"): found.sponsor.name,
        _("状态"): found.get_state_display(),
        _("启动时间"): instant_in_words(found.launched_at),
    }
    return Cause(title=_("活动 %(name)s") % {"name": found.name}, facts=facts)


def cause_of_sponsor(address: str) -> Cause | None:
    """Tell an auditor which sponsor an address belongs to."""
    found = Holder.objects.filter(pk=address.split("/")[1]).first()
    if found is None:
        return None
    orders = PurchaseOrder.objects.filter(sponsor=found).count()
    title = _("赞助方 %(name)s") % {"name": found.name}
    return Cause(title=title, facts={_("已付款的采购单"): str(orders)})


def budgets_owned_by(holder: UUID, *, start: datetime, end: datetime) -> Iterator[str]:
    """Return where a sponsor's coins lie: its budget, and its campaigns'."""
    if Sponsor.objects.filter(pk=holder).exists():
        yield f"sponsor/{holder}/"
        for campaign in Campaign.objects.filter(sponsor=holder).values_list("pk", flat=True):
            yield f"campaign/{campaign}/"
