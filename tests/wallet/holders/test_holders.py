"""Holders are opened once, numbers belong to one holder, inboxes tell once."""

from datetime import datetime
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction

from ledger.queries import coins_in
from tests import given
from wallet.carriers.rules import MsisdnUnreadable
from wallet.holders.models import Holder, Member
from wallet.holders.operations import (
    BadName,
    HolderClosed,
    HolderFrozen,
    NotAnOrganisation,
    NumberTaken,
    ReasonMissing,
    add_member,
    add_number,
    freeze_holder,
    lock_holder,
    open_holder,
    open_organisation,
    refuse_frozen,
    tell,
    thaw_holder,
)
from wallet.holders.queries import (
    NoHolder,
    holder_of,
    inbox_of,
    main_of,
    number_of,
    numbers_of,
    user_with_phone,
)
from wallet.holders.rules import UnknownId

pytestmark = pytest.mark.django_db


def test_a_person_has_one_holder(now: datetime) -> None:
    user = given.a_user()
    holder = open_holder(user=user, now=now)
    assert open_holder(user=user, now=now) == holder
    assert holder_of(user) == holder


def test_a_world_has_the_coins_asked_for() -> None:
    assert coins_in(main_of(given.a_holder(coins=100))) == 100


def test_a_clerk_has_no_holder() -> None:
    with pytest.raises(NoHolder):
        holder_of(given.a_user())
    with pytest.raises(NoHolder):
        holder_of(AnonymousUser())


@pytest.mark.parametrize("name", ["", "  ", "x" * 65])
def test_a_bad_name_is_refused(now: datetime, name: str) -> None:
    with pytest.raises(BadName):
        open_organisation(name=name, now=now)


def test_a_member_has_one_role_at_a_time() -> None:
    organisation, user = given.an_organisation(), given.a_user()
    add_member(organisation=organisation, user=user, role=Member.Role.VIEWER)
    add_member(organisation=organisation, user=user, role=Member.Role.OWNER)
    assert [member.role for member in organisation.members.all()] == [Member.Role.OWNER]
    with pytest.raises(NotAnOrganisation):
        add_member(organisation=given.a_holder(), user=user, role=Member.Role.OWNER)


def test_a_number_belongs_to_one_holder(now: datetime) -> None:
    holder, stranger = given.a_holder(), given.a_holder()
    number = given.a_number(holder, carrier="CU")
    again = add_number(holder=holder, msisdn=number.msisdn, carrier="CU", now=now)
    assert again == number
    assert number in numbers_of(holder)
    with pytest.raises(NumberTaken):
        add_number(holder=stranger, msisdn=number.msisdn, carrier="CU", now=now)
    with pytest.raises(MsisdnUnreadable):
        add_number(holder=holder, msisdn="12345", carrier="CU", now=now)
    with pytest.raises(UnknownId):
        number_of(holder=stranger, number_id=number.pk)


def test_every_number_of_a_holder_signs_in_as_its_person() -> None:
    holder = given.a_holder()
    second = given.a_number(holder, carrier="CM")
    assert user_with_phone(f"+86{second.msisdn}") == holder.user
    assert user_with_phone("+8613999999999") is None


def test_a_frozen_holder_is_refused_until_thawed(now: datetime) -> None:
    holder = given.a_holder()
    freeze_holder(holder=holder, now=now)
    with pytest.raises(HolderFrozen):
        refuse_frozen(lock_holder(holder))
    thaw_holder(holder=holder, now=now)
    refuse_frozen(lock_holder(holder))


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_staff_says_why(now: datetime, reason: str) -> None:
    holder = given.a_holder()
    for decide in (freeze_holder, thaw_holder):
        with pytest.raises(ReasonMissing):
            decide(holder=holder, by="admin/1", reason=reason, now=now)
    assert not holder.events.exists()


def test_decisions_are_kept_and_nobody_changes_them(now: datetime) -> None:
    holder = given.a_holder()
    for _ in range(2):
        freeze_holder(holder=holder, by="admin/1", reason="接到报案", now=now)
    thaw_holder(holder=holder, by="admin/2", reason="查清了", now=now)
    kept = list(holder.events.order_by("id").values_list("kind", "by", "reason"))
    assert kept == [("frozen", "admin/1", "接到报案"), ("thawed", "admin/2", "查清了")]
    with pytest.raises(DatabaseError), transaction.atomic():
        holder.events.update(reason="nothing")


def test_a_closed_wallet_does_nothing_more(now: datetime) -> None:
    holder = given.a_holder()
    holder.closed_at = now
    with pytest.raises(HolderClosed):
        refuse_frozen(holder)


def test_an_inbox_is_told_once(now: datetime) -> None:
    holder, subject = given.a_holder(), uuid4()
    for _ in range(2):
        tell(holder=holder, kind="gift_claimed", subject_id=subject, now=now, facts={"coins": 1})
    assert [notice.facts for notice in inbox_of(holder)] == [{"coins": 1}]


def test_the_admin_has_no_page_of_addresses_nobody_has() -> None:
    assert not admin.site.is_registered(EmailAddress)
    assert admin.site.is_registered(Holder)
