"""What people wish: kinds and ways, an address that proved itself, a language."""

from datetime import datetime, timedelta

import pytest

from tests import given
from tests.given_notices import MAIL, a_mail_of
from wallet.notify.models import Channel, Message, NoticeChoice, Reach
from wallet.notify.operations import (
    MailLinkInvalid,
    TooManyMails,
    UnknownNoticeKind,
    UnsubscribeLinkInvalid,
    ask_for_mail,
    choose_notices,
    claim_message,
    confirm_mail,
    forget_mail,
    remember_language,
    turn_off_by_link,
)
from wallet.notify.queries import reach_of, ways_off, wishes_of
from wallet.notify.tokens import confirm_token, unsubscribe_token

pytestmark = pytest.mark.django_db


def test_a_choice_is_kept_and_may_be_changed(now: datetime) -> None:
    holder = given.a_holder()
    for wanted in (False, True):
        choose_notices(holder=holder, wanted={(Channel.TEXT, "gift_waiting"): wanted}, now=now)
        (wish,) = wishes_of(holder, kinds=["gift_waiting"], now=now)
        assert (wish.by_text, wish.by_mail) == (wanted, True)
    assert NoticeChoice.objects.count() == 1


@pytest.mark.parametrize("what", [("pigeon", "gift_waiting"), ("text", "weather")])
def test_there_is_no_other_way_and_no_other_kind(what: tuple[str, str], now: datetime) -> None:
    with pytest.raises(UnknownNoticeKind):
        choose_notices(holder=given.a_holder(), wanted={what: False}, now=now)
    assert not NoticeChoice.objects.exists()


def test_an_address_is_used_once_its_link_came_back(now: datetime) -> None:
    holder = given.a_holder()
    ask_for_mail(holder=holder, mail=MAIL, now=now)
    assert (reach_of(holder).mail, reach_of(holder).mail_asked) == ("", MAIL)
    token = confirm_token(holder=holder.pk, mail=MAIL)
    for _ in range(2):
        reach = confirm_mail(token=token, now=now + timedelta(hours=24))
        assert (reach.mail, reach.mail_asked) == (MAIL, "")
    forget_mail(holder=holder)
    assert reach_of(holder).mail == ""
    with pytest.raises(MailLinkInvalid):
        confirm_mail(token=token, now=now)


def test_the_link_goes_out_at_night_and_whatever_was_chosen(now: datetime) -> None:
    holder, night = given.a_holder(), now.replace(hour=23)
    choose_notices(holder=holder, wanted={(Channel.MAIL, ""): False}, now=night)
    ask_for_mail(holder=holder, mail=MAIL, now=night)
    claim = claim_message(now=night)
    assert claim is not None
    assert claim.message.kind == "mail_confirm"


def test_a_link_is_good_for_a_day_for_the_last_address(now: datetime) -> None:
    holder = given.a_holder()
    first = confirm_token(holder=holder.pk, mail="first@example.org")
    ask_for_mail(holder=holder, mail="first@example.org", now=now)
    ask_for_mail(holder=holder, mail=MAIL, now=now)
    states = Message.objects.order_by("made_at", "state").values_list("state", "reason")
    assert sorted(states) == [("dropped", "asked_anew"), ("waiting", "")]
    with pytest.raises(MailLinkInvalid):
        confirm_mail(token=first, now=now)
    with pytest.raises(MailLinkInvalid):
        confirm_mail(
            token=confirm_token(holder=holder.pk, mail=MAIL),
            now=now + timedelta(hours=24, seconds=1),
        )
    with pytest.raises(MailLinkInvalid):
        confirm_mail(token="made-up", now=now)


def test_the_address_before_stays_until_the_new_one_is_confirmed(now: datetime) -> None:
    holder = given.a_holder()
    a_mail_of(holder)
    ask_for_mail(holder=holder, mail="new@example.org", now=now)
    assert reach_of(holder).mail == MAIL


def test_five_links_a_day(now: datetime) -> None:
    holder = given.a_holder()
    for number in range(5):
        ask_for_mail(holder=holder, mail=f"{number}@example.org", now=now)
    with pytest.raises(TooManyMails):
        ask_for_mail(holder=holder, mail=MAIL, now=now + timedelta(hours=23))
    ask_for_mail(holder=holder, mail=MAIL, now=now + timedelta(hours=24))


@pytest.mark.parametrize(
    ("is_whole_way", "off", "is_wanted"), [(False, set(), False), (True, {"mail"}, True)]
)
def test_a_link_turns_off_a_kind_or_its_way(
    is_whole_way: bool, off: set[str], is_wanted: bool, now: datetime
) -> None:
    holder = given.a_holder()
    token = unsubscribe_token(holder=holder.pk, channel="mail", kind="gift_claimed")
    turn_off_by_link(token=token, is_whole_way=is_whole_way, now=now)
    (wish,) = wishes_of(holder, kinds=["gift_claimed"], now=now)
    assert (ways_off(holder), wish.by_mail) == (off, is_wanted)


def test_nobody_else_makes_such_a_link(now: datetime) -> None:
    holder = given.a_holder()
    confirming = confirm_token(holder=holder.pk, mail=MAIL)
    for token in ("made-up", confirming):
        with pytest.raises(UnsubscribeLinkInvalid):
            turn_off_by_link(token=token, is_whole_way=False, now=now)
    with pytest.raises(MailLinkInvalid):
        confirm_mail(token=unsubscribe_token(holder=holder.pk, channel="mail", kind="x"), now=now)


def test_a_language_is_remembered_if_it_is_spoken_here() -> None:
    holder = given.a_holder()
    for language, kept in (("en", "en"), ("fr", "en"), ("zh-hans", "zh-hans")):
        remember_language(holder=holder, language=language)
        assert Reach.objects.get(pk=holder.pk).language == kept
