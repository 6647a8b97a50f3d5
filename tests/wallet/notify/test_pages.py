"""The pages of what I am told, the links in e-mails, the language that follows me."""

import re
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests import given
from tests.given_notices import MAIL, a_mail_of, a_notice
from wallet.holders.models import Holder, TextMessage
from wallet.notify.models import Message, Reach
from wallet.notify.operations import ask_for_mail, pass_on_notices, remember_language
from wallet.notify.queries import reach_of, ways_off, wishes_of
from wallet.notify.tokens import confirm_token, unsubscribe_token

pytestmark = pytest.mark.django_db


def signed_in(holder: Holder) -> Client:
    client = Client()
    assert holder.user is not None
    client.force_login(holder.user)
    return client


def wish_of(holder: Holder, kind: str) -> tuple[bool, bool]:
    (wish,) = wishes_of(holder, kinds=[kind], now=timezone.now())
    return wish.by_text, wish.by_mail


def test_what_is_ticked_is_kept() -> None:
    holder = given.a_holder()
    client = signed_in(holder)
    page = client.get("/notify/").content.decode()
    assert "朋友送来礼物" in page
    assert "22:00 – 8:00" in page
    assert 'name="text:gift_waiting" checked' in page
    assert 'name="text:gift_claimed" checked' not in page
    ticked = {"way:mail": "on", "text:gift_claimed": "on", "mail:gift_waiting": "on"}
    answer = client.post("/notify/", ticked)
    assert (answer.status_code, answer["Location"]) == (302, "/notify/")
    assert ways_off(holder) == {"text"}
    assert wish_of(holder, "gift_claimed") == (True, False)
    assert wish_of(holder, "gift_waiting") == (False, True)
    assert "已经保存" in client.get("/notify/").content.decode()


def test_strangers_sign_in_first() -> None:
    for path in ("/notify/", "/notify/mail/", "/notify/mail/forget/"):
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (
            302,
            "/account/login/",
        )


def test_an_address_is_given_and_taken_back() -> None:
    holder = given.a_holder()
    client = signed_in(holder)
    answer = client.post("/notify/mail/", {"mail": "nonsense"})
    assert answer.status_code == 422
    assert not Reach.objects.filter(pk=holder.pk).exists()
    client.post("/notify/mail/", {"mail": MAIL})
    assert f"等您打开发到 {MAIL}" in client.get("/notify/").content.decode()
    client.post("/notify/mail/forget/")
    assert reach_of(holder).mail_asked == ""
    assert client.get("/notify/mail/").status_code == 302


def test_too_many_addresses_are_refused_beside_the_form() -> None:
    holder = given.a_holder()
    for number in range(5):
        ask_for_mail(holder=holder, mail=f"{number}@example.org", now=timezone.now())
    answer = signed_in(holder).post("/notify/mail/", {"mail": MAIL})
    assert answer.status_code == 422
    assert "今天换了太多次邮箱" in answer.content.decode()


def test_opening_the_link_confirms_nothing_but_the_button_does() -> None:
    holder = given.a_holder()
    ask_for_mail(holder=holder, mail=MAIL, now=timezone.now())
    path = f"/notify/confirm/{confirm_token(holder=holder.pk, mail=MAIL)}/"
    assert MAIL in Client().get(path).content.decode()
    assert reach_of(holder).mail == ""
    assert Client().post(path).status_code == 200
    assert reach_of(holder).mail == MAIL
    answer = Client().get("/notify/confirm/made-up/")
    assert answer.status_code == 404
    assert "这个确认链接没有用了" in answer.content.decode()


def test_a_mail_program_turns_off_a_kind_by_itself() -> None:
    holder = given.a_holder()
    token = unsubscribe_token(holder=holder.pk, channel="mail", kind="gift_waiting")
    client, path = Client(enforce_csrf_checks=True), f"/notify/off/{token}/"
    assert "朋友送来礼物" in client.get(path).content.decode()
    assert wish_of(holder, "gift_waiting") == (True, True)
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert wish_of(holder, "gift_waiting") == (True, False)
    assert client.post(path, {"what": "all"}).status_code == 200
    assert ways_off(holder) == {"mail"}
    assert Client().get("/notify/off/made-up/").status_code == 404


def test_the_language_follows_to_another_device(settings: Settings) -> None:
    holder = given.a_holder()
    first, second = signed_in(holder), Client()
    first.post("/i18n/setlang/", {"language": "en", "next": "/me/"})
    assert Reach.objects.get(pk=holder.pk).language == "en"
    settings.TEXT_GATEWAY = "wallet.holders.texts.ShownTexts"
    _signs_in(second, holder)
    assert second.cookies["django_language"].value == "en"
    assert "What I am told" in second.get("/notify/").content.decode()


def test_the_language_chosen_before_signing_in_is_kept(settings: Settings) -> None:
    holder = given.a_holder()
    remember_language(holder=holder, language="zh-hans")
    settings.TEXT_GATEWAY = "wallet.holders.texts.ShownTexts"
    client = Client()
    client.post("/i18n/setlang/", {"language": "en"})
    _signs_in(client, holder)
    assert Reach.objects.get(pk=holder.pk).language == "en"


def test_the_demo_shows_what_would_go_out(settings: Settings, now: datetime) -> None:
    holder = given.a_holder()
    a_mail_of(holder)
    a_notice(holder)
    pass_on_notices(now=now)
    assert Message.objects.count() == 2
    settings.DEMO = False
    assert Client().get("/demo/outbox/").status_code == 404
    settings.DEMO = True
    page = Client().get("/demo/outbox/").content.decode()
    assert MAIL in page
    assert "朋友送您 20 币" in page
    assert "等待发送" in page


def test_admins_see_neither_words_nor_addresses(admin_client: Client, now: datetime) -> None:
    holder = given.a_holder()
    a_notice(holder)
    pass_on_notices(now=now + timedelta(minutes=1))
    row = Message.objects.get()
    for path in ("", f"{row.pk}/change/"):
        page = admin_client.get(f"/admin/wallet/message/{path}").content.decode()
        assert "gift_waiting" in page
        assert str(holder.user)[3:] not in page
        assert "amount" not in page


def _signs_in(client: Client, holder: Holder) -> None:
    cache.clear()
    phone = str(holder.user)
    client.post("/account/login/", {"phone": phone})
    found = re.search(r"\d{6}", TextMessage.objects.filter(phone=phone).latest("id").body)
    assert found
    client.post("/account/login/code/", {"code": found[0]})
