"""Only members speak for a sponsor, and each in its role."""

from uuid import uuid4

import pytest

from tests import given
from wallet.holders.models import Member
from wallet.holders.operations import add_member
from wallet.holders.rules import UnknownId
from wallet.sponsors.queries import (
    NotAMember,
    campaign_of,
    may_manage,
    orders_of,
    role_in,
    sponsor_with,
    sponsors_of,
)

pytestmark = pytest.mark.django_db


def test_a_member_has_its_role_and_a_stranger_none() -> None:
    owner, viewer, stranger = given.a_user(), given.a_user(), given.a_user()
    sponsor = given.a_sponsor(owner=owner, coins=10)
    add_member(organisation=sponsor.holder, user=viewer, role=Member.Role.VIEWER)
    assert may_manage(role_in(sponsor=sponsor, user=owner))
    assert not may_manage(role_in(sponsor=sponsor, user=viewer))
    assert list(sponsors_of(viewer)) == [sponsor]
    assert orders_of(sponsor).get().coins == 10
    assert not sponsors_of(stranger).exists()
    with pytest.raises(NotAMember):
        role_in(sponsor=sponsor, user=stranger)


def test_unknown_sponsors_and_others_campaigns_are_not_found() -> None:
    campaign = given.a_campaign()
    with pytest.raises(UnknownId):
        sponsor_with(uuid4())
    with pytest.raises(UnknownId):
        campaign_of(sponsor=given.a_sponsor(), campaign_id=campaign.pk)
    sponsor = sponsor_with(campaign.sponsor_id)
    assert campaign_of(sponsor=sponsor, campaign_id=campaign.pk) == campaign
