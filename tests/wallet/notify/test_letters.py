"""The words that go out: every kind, in both languages, and nothing of the one in the other."""

import re
from datetime import datetime

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation

from tests import given
from tests.given_notices import FACTS, MAIL, a_mail_of
from wallet.gateways.contract import Letter
from wallet.holders.models import Holder
from wallet.home.sentences import notice_kinds
from wallet.notify.letters import letter_of
from wallet.notify.models import Channel, Message
from wallet.notify.operations import ask_for_mail, remember_language
from wallet.notify.sentences import TITLES, title_of, topic_of
from wallet.notify.tokens import address_in, unsubscription_in

pytestmark = pytest.mark.django_db

CHINESE = re.compile(r"[\u4e00-\u9fff]")
EVERY_FACT = {
    **FACTS,
    "coins": 20,
    "mb": 20,
    "shares": 2,
    "number": "138****8000",
    "month": "2026-11",
    "carrier": "CT",
    "answer": "…",
    "title": "…",
}


def letter(holder: Holder, *, kind: str, channel: Channel, now: datetime) -> Letter:
    """Return the letter of a kind to somebody."""
    message = Message(
        holder=holder,
        channel=channel,
        kind=kind,
        subject_id=holder.pk,
        facts=EVERY_FACT,
        made_at=now,
        next_at=now,
    )
    return letter_of(message)


@pytest.mark.parametrize("channel", list(Channel))
def test_every_kind_is_said_in_both_languages(channel: Channel, now: datetime) -> None:
    chinese, english = given.a_holder(), given.a_holder()
    for holder, language in ((chinese, "zh-hans"), (english, "en")):
        a_mail_of(holder)
        remember_language(holder=holder, language=language)
    assert len(notice_kinds()) > 20
    for kind in notice_kinds():
        for asked_in in ("en", "zh-hans"):  # whoever runs the task may speak either
            with translation.override(asked_in):
                ours = letter(chinese, kind=kind, channel=channel, now=now)
                theirs = letter(english, kind=kind, channel=channel, now=now)
            assert CHINESE.search(ours.body), kind
            assert "流量币" in ours.body + ours.subject
            assert not CHINESE.search(theirs.body + theirs.subject), kind
            assert (ours.language, theirs.language) == ("zh-hans", "en")


def test_every_kind_of_notice_has_a_title_and_a_topic_of_its_own() -> None:
    assert [kind for kind in notice_kinds() if title_of(kind) == "其他消息"] == []
    assert [kind for kind in notice_kinds() if topic_of(kind) == "其他"] == []
    assert title_of("invited") == "请您加入机构"


def test_every_kind_with_a_title_is_a_kind_and_titles_differ() -> None:
    known = {*notice_kinds(), "mail_confirm"}
    # The exchange may be left out, and its notices with it.
    of_trades = {kind for kind in TITLES if kind.startswith("trade_")}
    installed = set(TITLES) if apps.is_installed("exchange") else set(TITLES) - of_trades
    assert of_trades
    assert installed <= known
    assert len({title_of(kind) for kind in TITLES}) == len(TITLES)
    assert title_of("something_new") == "其他消息"


def test_a_text_says_it_and_where(now: datetime) -> None:
    holder = given.a_holder()
    said = letter(holder, kind="gift_waiting", channel=Channel.TEXT, now=now)
    assert holder.user is not None
    assert said.to == holder.user.phone
    assert said.body == (
        f"【流量币】朋友送您 20 币，在“送”里等您领取。 {settings.PUBLIC_URL}/inbox/"
    )
    assert said.unsubscribe == ""


def test_a_mail_says_how_to_be_left_alone(now: datetime) -> None:
    holder = given.a_holder()
    a_mail_of(holder)
    said = letter(holder, kind="gift_claimed", channel=Channel.MAIL, now=now)
    assert said.to == MAIL
    assert said.subject == "流量币：送出的礼物被领取"
    assert said.unsubscribe in said.body
    token = said.unsubscribe.removeprefix(f"{settings.PUBLIC_URL}/notify/off/").rstrip("/")
    assert unsubscription_in(token) == (holder.pk, "mail", "gift_claimed")


def test_the_link_to_confirm_goes_to_the_new_address(now: datetime) -> None:
    holder = given.a_holder()
    a_mail_of(holder)
    ask_for_mail(holder=holder, mail="new@example.org", now=now)
    said = letter(holder, kind="mail_confirm", channel=Channel.MAIL, now=now)
    assert said.to == "new@example.org"
    found = re.search(r"/notify/confirm/([^/]+)/", said.body)
    assert found
    assert address_in(found[1]) == (holder.pk, "new@example.org")
    assert said.unsubscribe == ""
