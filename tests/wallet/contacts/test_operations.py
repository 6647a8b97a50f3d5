"""Contacts are kept once a number, renamed, imported, removed; and are only their owner's."""

from datetime import datetime

import pytest

from tests import given
from wallet.carriers.rules import MsisdnUnreadable
from wallet.contacts import operations
from wallet.contacts.operations import (
    Import,
    ListTooLong,
    NobodyInList,
    TooManyContacts,
    add_contact,
    import_contacts,
    remove_contact,
)
from wallet.contacts.queries import contact_of, contacts_of, names_by_number
from wallet.holders.models import Holder
from wallet.holders.operations import BadName
from wallet.holders.rules import UnknownId

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Holder:
    return given.a_holder()


def test_a_number_is_kept_once_and_may_be_renamed(owner: Holder, now: datetime) -> None:
    first = add_contact(owner=owner, name=" 阿梅 ", msisdn="+86 138-0013-8000", now=now)
    again = add_contact(owner=owner, name="梅姐", msisdn="13800138000", now=now)
    assert (first.name, again.name, first.pk) == ("阿梅", "梅姐", again.pk)
    assert names_by_number(owner) == {"13800138000": "梅姐"}


def test_what_is_no_name_or_no_number_is_refused(owner: Holder, now: datetime) -> None:
    for name in ("", "  ", "x" * 65, "a\nb"):
        with pytest.raises(BadName):
            add_contact(owner=owner, name=name, msisdn="13800138000", now=now)
    with pytest.raises(MsisdnUnreadable):
        add_contact(owner=owner, name="阿梅", msisdn="7", now=now)
    assert not contacts_of(owner).exists()


def test_a_pasted_list_is_kept_and_tells_what_it_could_not_read(
    owner: Holder, now: datetime
) -> None:
    add_contact(owner=owner, name="小博", msisdn="13900139000", now=now)
    text = "阿梅 13800138000\n博哥 13900139000\n谁？"
    assert import_contacts(owner=owner, text=text, now=now) == Import(1, 1, ("谁？",))
    assert import_contacts(owner=owner, text=text, now=now) == Import(0, 0, ("谁？",))
    assert names_by_number(owner) == {"13800138000": "阿梅", "13900139000": "博哥"}


def test_too_many_are_refused_and_none_of_them_kept(
    owner: Holder, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "CONTACTS_MAX", 2)
    add_contact(owner=owner, name="甲", msisdn="13800000001", now=now)
    with pytest.raises(TooManyContacts):
        import_contacts(owner=owner, text="乙 13800000002\n丙 13800000003", now=now)
    assert names_by_number(owner) == {"13800000001": "甲"}
    add_contact(owner=owner, name="乙", msisdn="13800000002", now=now)
    with pytest.raises(TooManyContacts):
        add_contact(owner=owner, name="丙", msisdn="13800000003", now=now)
    assert add_contact(owner=owner, name="乙乙", msisdn="13800000002", now=now).name == "乙乙"
    other = add_contact(owner=given.a_holder(), name="丙", msisdn="13800000003", now=now)
    assert other.name == "丙"


def test_a_list_too_long_is_refused(owner: Holder, now: datetime) -> None:
    with pytest.raises(ListTooLong):
        import_contacts(owner=owner, text="x" * 100_001, now=now)


def test_a_list_of_nobody_is_refused(owner: Holder, now: datetime) -> None:
    for text in ("", "阿梅", "1380013800\n谁？"):
        with pytest.raises(NobodyInList):
            import_contacts(owner=owner, text=text, now=now)


def test_contacts_are_only_their_owners(owner: Holder, now: datetime) -> None:
    friend = given.a_holder()
    contact = add_contact(owner=owner, name="阿梅", msisdn=friend.numbers.get().msisdn, now=now)
    for stranger in (friend, given.a_holder()):
        assert not contacts_of(stranger).exists()
        with pytest.raises(UnknownId):
            contact_of(holder=stranger, contact_id=contact.pk)
        with pytest.raises(UnknownId):
            remove_contact(owner=stranger, contact_id=contact.pk)
    assert remove_contact(owner=owner, contact_id=contact.pk).name == "阿梅"
    with pytest.raises(UnknownId):
        remove_contact(owner=owner, contact_id=contact.pk)


def test_a_search_finds_names_and_numbers(owner: Holder, now: datetime) -> None:
    import_contacts(owner=owner, text="阿梅 13800138000\nBo 13900139000", now=now)
    assert [one.name for one in contacts_of(owner, like="梅")] == ["阿梅"]
    assert [one.name for one in contacts_of(owner, like="bo")] == ["Bo"]
    assert [one.name for one in contacts_of(owner, like="0139")] == ["Bo"]
    assert not contacts_of(owner, like="100%").exists()
