"""From the inbox to the outbox: who wants what by which way."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from tests import given
from tests.given_notices import FACTS, a_mail_of, a_notice
from wallet.holders.models import Holder, Member
from wallet.holders.operations import add_member, read_inbox
from wallet.notify.models import Channel, Message
from wallet.notify.operations import choose_notices, pass_on_notices

pytestmark = pytest.mark.django_db


def outbox(holder: Holder) -> list[tuple[str, str]]:
    return sorted(Message.objects.filter(holder=holder).values_list("channel", "kind"))


def test_a_notice_becomes_a_message_by_each_way_once(now: datetime) -> None:
    holder = given.a_holder()
    a_mail_of(holder)
    notice = a_notice(holder)
    assert pass_on_notices(now=now) == 1
    assert pass_on_notices(now=now) == 0
    assert outbox(holder) == [("mail", "gift_waiting"), ("text", "gift_waiting")]
    message = Message.objects.filter(holder=holder).first()
    assert message is not None
    assert (message.subject_id, message.facts) == (notice.subject_id, FACTS)
    assert (message.state, message.next_at) == ("waiting", now)


def test_texts_are_for_kinds_that_policy_names_and_mails_for_all(now: datetime) -> None:
    holder = given.a_holder()
    a_mail_of(holder)
    a_notice(holder, kind="packet_luckiest")
    pass_on_notices(now=now)
    assert outbox(holder) == [("mail", "packet_luckiest")]


@pytest.mark.parametrize(("kind", "is_text"), [("gift_waiting", True), ("gift_claimed", False)])
@pytest.mark.parametrize("is_wanted", [True, False])
def test_a_choice_counts_more_than_policy(
    kind: str, is_text: bool, is_wanted: bool, now: datetime
) -> None:
    chose, other = given.a_holder(), given.a_holder()
    choose_notices(holder=chose, wanted={(Channel.TEXT, kind): is_wanted}, now=now)
    for holder in (chose, other):
        a_notice(holder, kind=kind)
    pass_on_notices(now=now)
    assert outbox(chose) == ([("text", kind)] if is_wanted else [])
    assert outbox(other) == ([("text", kind)] if is_text else [])


def test_a_way_turned_off_whole_is_off_until_it_is_turned_on(now: datetime) -> None:
    holder = given.a_holder()
    a_mail_of(holder)
    choose_notices(holder=holder, wanted={(Channel.TEXT, ""): False}, now=now)
    a_notice(holder)
    pass_on_notices(now=now)
    assert outbox(holder) == [("mail", "gift_waiting")]
    choose_notices(holder=holder, wanted={(Channel.TEXT, ""): True}, now=now)
    a_notice(holder, kind="roll_asked")
    pass_on_notices(now=now)
    assert ("text", "roll_asked") in outbox(holder)


def test_what_was_read_or_is_old_makes_none(now: datetime) -> None:
    read, late, just = given.a_holder(), given.a_holder(), given.a_holder()
    a_notice(read)
    read_inbox(holder=read, now=now)
    a_notice(late, now=now - timedelta(hours=24))
    a_notice(just, now=now - timedelta(hours=24) + timedelta(seconds=1))
    assert pass_on_notices(now=now) == 3
    assert [outbox(one) for one in (read, late, just)] == [[], [], [("text", "gift_waiting")]]


def test_what_comes_at_night_is_for_the_morning(now: datetime) -> None:
    holder, night = given.a_holder(), now.replace(hour=23)
    a_notice(holder, now=night)
    pass_on_notices(now=night)
    assert Message.objects.get().next_at == (night + timedelta(days=1)).replace(hour=8, minute=0)


def test_an_organisations_owners_are_told_once_each(now: datetime) -> None:
    organisation, owner, manager = given.an_organisation(), given.a_holder(), given.a_holder()
    for person, role in ((owner, Member.Role.OWNER), (manager, Member.Role.MANAGER)):
        assert person.user is not None
        add_member(organisation=organisation, user=person.user, role=role)
    a_notice(organisation)
    pass_on_notices(now=now)
    assert [outbox(one) for one in (organisation, owner, manager)] == [
        [],
        [("text", "gift_waiting")],
        [],
    ]


def test_without_a_gateway_or_an_address_nothing_waits(settings: Settings, now: datetime) -> None:
    settings.TEXT_GATEWAY = ""
    holder = given.a_holder()
    a_notice(holder)
    assert pass_on_notices(now=now) == 1
    assert outbox(holder) == []


def test_many_are_passed_on_with_few_questions(
    now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        a_notice(given.a_holder())
    with django_assert_max_num_queries(14):
        assert pass_on_notices(now=now) == 5
