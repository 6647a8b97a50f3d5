"""Owners ask others in, change roles and let go; every role does what it may at every door."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from ledger.refusals import KeyReused
from tests import given
from tests.given_merchants import a_merchant
from tests.given_own_data import a_policy
from wallet.holders.models import Holder, Member, User
from wallet.holders.operations import HolderFrozen, add_member, freeze_holder
from wallet.holders.queries import inbox_of
from wallet.holders.rules import UnknownId, opaque_id
from wallet.numbers.operations import doubt_number
from wallet.organisations.models import Invitation, MemberEvent
from wallet.organisations.operations import (
    BadRole,
    InvitationGone,
    LastOwner,
    NotAnOwner,
    accept_invitation,
    change_role,
    end_invitation,
    invite_member,
    remove_member,
)
from wallet.organisations.queries import invitations_for, member_history_of

pytestmark = pytest.mark.django_db
NOW = given.NOW


def user_of(holder: Holder) -> User:
    """Return who signs in as a holder."""
    assert holder.user is not None
    return holder.user


def asked(
    organisation: Holder, by: User, holder: Holder, *, role: str = "manager", **more: Any
) -> Invitation:
    """Return an invitation of somebody by number."""
    msisdn = holder.numbers.get().msisdn
    more = {"key": uuid4(), "now": NOW, **more}
    return invite_member(organisation=organisation, by=by, msisdn=msisdn, role=role, **more)


@pytest.fixture
def owner() -> Holder:
    """Return somebody with a wallet."""
    return given.a_holder()


@pytest.fixture
def firm(owner: Holder) -> Holder:
    """Return an organisation of the owner's."""
    return given.a_sponsor(owner=user_of(owner)).holder


def test_who_is_asked_and_accepts_belongs(firm: Holder, owner: Holder) -> None:
    friend = given.a_holder()
    invitation = asked(firm, user_of(owner), friend)
    assert list(invitations_for(friend, now=NOW)) == [invitation]
    assert [notice.kind for notice in inbox_of(friend)] == ["invited"]
    for _ in range(2):
        accept_invitation(invitation=invitation, holder=friend, now=NOW)
    assert Member.objects.get(organisation=firm, user=user_of(friend)).role == "manager"
    assert [event.kind for event in member_history_of(firm)] == ["joined"]
    with pytest.raises(InvitationGone):
        end_invitation(invitation=invitation, holder=friend, now=NOW)


def test_another_cannot_accept_nor_a_number_in_doubt(firm: Holder, owner: Holder) -> None:
    friend = given.a_holder()
    invitation = asked(firm, user_of(owner), friend)
    with pytest.raises(UnknownId):
        accept_invitation(invitation=invitation, holder=given.a_holder(), now=NOW)
    with pytest.raises(InvitationGone):
        accept_invitation(invitation=invitation, holder=owner, now=NOW)
    doubt_number(number=friend.numbers.get(), by="admin/1", reason="x", now=NOW)
    with pytest.raises(UnknownId):
        accept_invitation(invitation=invitation, holder=friend, now=NOW)


@pytest.mark.parametrize("days", [7, 1])
def test_an_invitation_ends(firm: Holder, owner: Holder, days: int) -> None:
    a_policy("invitation.expires_days", days)
    friend = given.a_holder()
    over = asked(firm, user_of(owner), friend)
    with pytest.raises(InvitationGone):
        accept_invitation(invitation=over, holder=friend, now=NOW + timedelta(days=days))
    declined = asked(firm, user_of(owner), friend, role="viewer")
    over.refresh_from_db()
    assert over.state == "withdrawn"
    assert end_invitation(invitation=declined, holder=friend, now=NOW).state == "declined"
    withdrawn = asked(firm, user_of(owner), friend)
    assert end_invitation(invitation=withdrawn, holder=owner, now=NOW).state == "withdrawn"
    with pytest.raises(InvitationGone):
        accept_invitation(invitation=withdrawn, holder=friend, now=NOW)


def test_the_same_key_asks_once(firm: Holder, owner: Holder) -> None:
    friend, key = given.a_holder(), uuid4()
    first = asked(firm, user_of(owner), friend, key=key)
    assert asked(firm, user_of(owner), friend, key=key) == first
    with pytest.raises(KeyReused):
        asked(firm, user_of(owner), friend, key=key, role="viewer")
    with pytest.raises(BadRole):
        asked(firm, user_of(owner), friend, role="king")


@pytest.mark.parametrize("role", ["manager", "viewer"])
def test_only_owners_say_who_belongs(firm: Holder, owner: Holder, role: str) -> None:
    other = given.a_holder()
    mine = add_member(organisation=firm, user=user_of(other), role=Member.Role(role))
    theirs = Member.objects.get(organisation=firm, user=user_of(owner))
    by = user_of(other)
    with pytest.raises(NotAnOwner):
        asked(firm, by, given.a_holder())
    with pytest.raises(NotAnOwner):
        change_role(organisation=firm, by=by, member=theirs, role="viewer", now=NOW)
    with pytest.raises(NotAnOwner):
        remove_member(organisation=firm, by=by, member=theirs, now=NOW)
    with pytest.raises(UnknownId):
        asked(firm, given.a_user(), given.a_holder())
    remove_member(organisation=firm, by=by, member=mine, now=NOW)
    assert not Member.objects.filter(pk=mine.pk).exists()


def test_an_organisation_keeps_an_owner(firm: Holder, owner: Holder) -> None:
    by, other = user_of(owner), given.a_user()
    mine = Member.objects.get(organisation=firm, user=by)
    theirs = add_member(organisation=firm, user=other, role=Member.Role.MANAGER)
    with pytest.raises(LastOwner):
        remove_member(organisation=firm, by=by, member=mine, now=NOW)
    with pytest.raises(LastOwner):
        change_role(organisation=firm, by=by, member=mine, role="viewer", now=NOW)
    change_role(organisation=firm, by=by, member=theirs, role="owner", now=NOW)
    remove_member(organisation=firm, by=by, member=mine, now=NOW)
    assert list(Member.objects.filter(organisation=firm).values_list("role")) == [("owner",)]
    kinds = [(event.kind, event.role) for event in MemberEvent.objects.order_by("id")]
    assert kinds == [("changed", "owner"), ("left", "owner")]


def test_the_frozen_act_for_nobody(firm: Holder, owner: Holder) -> None:
    freeze_holder(holder=owner, now=NOW)
    with pytest.raises(HolderFrozen):
        asked(firm, user_of(owner), given.a_holder())


# What each role finds at the doors of a sponsor and of a merchant.
DOORS = [
    ("get", "/sponsor/{sponsor}/", {"owner": 200, "manager": 200, "viewer": 200}),
    ("get", "/sponsor/{sponsor}/campaigns/new", {"owner": 200, "manager": 200, "viewer": 403}),
    ("post", "/sponsor/{sponsor}/secret", {"owner": 302, "manager": 302, "viewer": 403}),
    ("get", "/merchants/{merchant}/", {"owner": 200, "manager": 200, "viewer": 404}),
    ("get", "/organisations/{sponsor}/", {"owner": 200, "manager": 200, "viewer": 200}),
]


@pytest.mark.parametrize(("method", "path", "found"), DOORS, ids=lambda case: str(case)[:40])
def test_each_role_does_what_it_may(method: str, path: str, found: dict[str, int]) -> None:
    now = timezone.now()
    sponsor = given.a_sponsor(coins=10, now=now).holder
    shop = a_merchant(coins=10, now=now).holder
    places = {"sponsor": opaque_id("hld", sponsor.pk), "merchant": opaque_id("hld", shop.pk)}
    address, answers = path.format(**places), {}
    for role, expected in found.items():
        holder = given.a_holder(now=now)
        for one in (sponsor, shop):
            add_member(organisation=one, user=user_of(holder), role=Member.Role(role))
        client = given.client_of(holder)
        answers[role] = getattr(client, method)(address).status_code
        if method == "post" and expected == 302:
            freeze_holder(holder=holder, now=now)
            assert getattr(client, method)(address).status_code == 403
    assert answers == found
    stranger = given.client_of(given.a_holder(now=now))
    assert getattr(stranger, method)(address).status_code in {403, 404}


def test_the_pages_ask_answer_and_switch() -> None:
    now = timezone.now()
    owner, friend = given.a_holder(now=now), given.a_holder(now=now)
    firms = [a_merchant(coins=10, owner=user_of(owner), now=now).holder for _ in range(2)]
    name = opaque_id("hld", firms[1].pk)
    page, msisdn = f"/organisations/{name}/", friend.numbers.get().msisdn
    client, theirs = Client(), Client(headers={"accept-language": "en"})
    client.force_login(user_of(owner))
    theirs.force_login(user_of(friend))
    client.post(page, {"msisdn": msisdn, "role": "manager", "key": str(uuid4())})
    invitation = Invitation.objects.get()
    assert "Accept" in theirs.get("/organisations/").content.decode()
    answer = f"/invitations/{opaque_id('inv', invitation.pk)}/"
    assert theirs.post(answer, {"accept": "1"})["Location"] == page
    assert theirs.post(page, {"msisdn": msisdn, "role": "viewer"}).status_code == 422
    assert theirs.post("/organisations/act/", {"organisation": name})["Location"] == page
    assert "Acting for" in theirs.get("/me/").content.decode()
    client.post("/organisations/act/", {"organisation": name})
    assert client.get("/merchants/")["Location"] == f"/merchants/{name}/"
    client.post("/organisations/act/")
    assert client.get("/merchants/").status_code == 200
    member = Member.objects.get(organisation=firms[1], user=user_of(friend))
    one = f"{page}members/{opaque_id('mbr', member.pk)}/"
    client.post(one, {"role": "viewer"})
    member.refresh_from_db()
    assert member.role == "viewer"
    assert theirs.post(one)["Location"] == "/organisations/"
    assert "Acting for" not in theirs.get("/me/").content.decode()
    assert theirs.get(page).status_code == 404
