"""The pages of gifts: three taps for a stranger, one with a session; looking claims nothing."""

import re
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from ledger.queries import amount_at, coins_in
from tests import given
from wallet.gift.models import Gift
from wallet.gift.operations import claim_gift, hold_gift
from wallet.gift.queries import token_for
from wallet.holders.models import Holder, TextMessage
from wallet.holders.operations import freeze_holder
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(settings: Settings) -> None:
    settings.TEXT_GATEWAY = "wallet.holders.texts.ShownTexts"
    cache.clear()
    given.open_ledger_today()


def path_of(gift: Gift) -> str:
    return f"/g/{token_for(gift)}/"


def code_sent_to(msisdn: str) -> str:
    found = re.search(r"\d{6}", TextMessage.objects.filter(phone=f"+86{msisdn}").latest("id").body)
    assert found
    return found[0]


def test_a_friend_without_a_wallet_claims_in_three_taps() -> None:
    gift, client, msisdn = given.a_gift_now(coins=30), Client(), given.an_msisdn(carrier="CU")
    page = client.get(path_of(gift))
    assert 'property="og:title"' in page.content.decode()
    assert f"{path_of(gift)}phone/" in page.content.decode()
    assert client.get(f"{path_of(gift)}phone/").status_code == 200
    asked = client.post(f"{path_of(gift)}phone/", {"phone": msisdn})
    assert asked["Location"] == f"{path_of(gift)}code/"
    assert client.get(f"{path_of(gift)}code/").status_code == 200
    done = client.post(f"{path_of(gift)}code/", {"code": code_sent_to(msisdn)})
    assert done["Location"] == path_of(gift)
    friend = Holder.objects.get(numbers__msisdn=msisdn)
    assert coins_in(main_of(friend)) == 30
    assert "领到了" in client.get(path_of(gift)).content.decode()


def test_looking_claims_nothing_and_tells_no_other_site() -> None:
    gift, friend = given.a_gift_now(), given.a_holder()
    for client in (Client(), given.client_of(friend)):
        page = client.get(path_of(gift))
        assert page.status_code == 200
        assert page["Referrer-Policy"] == "same-origin"
        assert "no-cache" in page["Cache-Control"]
        assert client.get(f"{path_of(gift)}claim/").status_code == 405
    gift.refresh_from_db()
    assert gift.state == Gift.State.OPEN


def test_a_friend_with_a_session_claims_in_one_tap_and_thanks() -> None:
    gift, friend = given.a_gift_now(coins=30), given.a_holder()
    client = given.client_of(friend)
    assert client.post(f"{path_of(gift)}claim/")["Location"] == path_of(gift)
    assert coins_in(main_of(friend)) == 30
    client.post(f"{path_of(gift)}thanks/")
    sent = given.client_of(gift.sender).get(f"/gifts/{opaque_id('gft', gift.pk)}/")
    assert "已领取" in sent.content.decode()
    assert str(friend.numbers.get()) in sent.content.decode()
    gift.refresh_from_db()
    assert gift.thanked_at is not None


def test_claiming_without_a_session_asks_who_it_is() -> None:
    gift = given.a_gift_now()
    assert Client().post(f"{path_of(gift)}claim/")["Location"] == f"{path_of(gift)}phone/"
    assert Client().post(f"{path_of(gift)}thanks/")["Location"] == f"{path_of(gift)}phone/"


def test_a_held_gift_says_so_and_sends_no_code() -> None:
    gift, late = given.a_gift_now(), given.an_msisdn()
    hold_gift(gift=gift, msisdn=given.an_msisdn(), now=timezone.now())
    page = Client().post(f"{path_of(gift)}phone/", {"phone": late})
    assert "有人正在领取" in page.content.decode()
    assert not TextMessage.objects.filter(phone=f"+86{late}").exists()


def test_a_code_typed_too_late_signs_in_and_says_who_was_faster() -> None:
    gift, client, msisdn = given.a_gift_now(), Client(), given.an_msisdn()
    client.post(f"{path_of(gift)}phone/", {"phone": msisdn})
    Gift.objects.update(held_until=timezone.now())
    claim_gift(gift=gift, claimer=given.a_holder(), now=timezone.now())
    client.post(f"{path_of(gift)}code/", {"code": code_sent_to(msisdn)})
    page = client.get(path_of(gift)).content.decode()
    assert "来晚了一步" in page
    assert client.get("/api/v1/me").status_code == 200


def test_wrong_codes_and_lost_sessions_lead_back_to_the_number() -> None:
    gift, client, msisdn = given.a_gift_now(), Client(), given.an_msisdn()
    assert client.get(f"{path_of(gift)}code/")["Location"] == f"{path_of(gift)}phone/"
    client.post(f"{path_of(gift)}phone/", {"phone": msisdn})
    resent = client.post(f"{path_of(gift)}code/", {"action": "resend"})
    assert resent["Location"] == f"{path_of(gift)}code/"
    answers = [client.post(f"{path_of(gift)}code/", {"code": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert answers[-1]["Location"] == f"{path_of(gift)}phone/"


def test_a_signed_in_friend_needs_no_code() -> None:
    gift, client = given.a_gift_now(), given.client_of(given.a_holder())
    for page in ("phone/", "code/"):
        assert client.get(path_of(gift) + page)["Location"] == path_of(gift)


@pytest.mark.parametrize("state", ["cancelled", "expired", "over"])
def test_an_ended_gift_says_why(state: str) -> None:
    gift = given.a_gift_now()
    if state == "over":
        Gift.objects.update(expires_at=timezone.now())
    else:
        Gift.objects.update(state=state)
    page = Client().get(path_of(gift)).content.decode()
    assert "claim/" not in page
    assert "phone/" not in page


def test_data_names_its_carrier_before_the_claim() -> None:
    sender = given.a_holder(carrier="CU")
    asset = given.give_surplus(sender.numbers.get(), 300, month=given.this_month())
    line = f"{opaque_id('num', sender.numbers.get().pk)}/{given.PACKAGE}/{asset}"
    form = {"what": line, "amount": "100", "locked_to": "13800138000", "key": str(uuid4())}
    made = given.client_of(sender).post("/gifts/new/", form, format="multipart")
    assert made.status_code == 302
    gift = Gift.objects.get()
    page = Client().get(path_of(gift)).content.decode()
    assert "联通" in page
    assert "138****8000" in page


def test_the_form_makes_one_gift_per_key() -> None:
    sender = given.a_holder(coins=100)
    client = given.client_of(sender)
    page = client.get("/gifts/new/?amount=5").content.decode()
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert key
    form = {"what": "COIN", "amount": "30", "greeting": "早", "key": key[1]}
    for _ in range(2):
        made = client.post("/gifts/new/", form, format="multipart")
        assert made.status_code == 302
    shown = client.get(made["Location"]).content.decode()
    assert token_for(Gift.objects.get()) in shown
    assert "<svg" in shown
    assert coins_in(main_of(sender)) == 70


def test_a_refusal_stands_beside_the_form() -> None:
    sender = given.a_holder(coins=10)
    client = given.client_of(sender)
    form = {"what": "COIN", "amount": "30", "key": str(uuid4())}
    page = client.post("/gifts/new/", form, format="multipart")
    assert page.status_code == 422
    assert "币不够" in page.content.decode()
    freeze_holder(holder=sender, now=timezone.now())
    form["amount"] = "5"
    assert "冻结" in client.post("/gifts/new/", form, format="multipart").content.decode()
    strange = client.post("/gifts/new/", {**form, "what": "CNY"}, format="multipart")
    assert strange.status_code == 422
    assert coins_in(main_of(sender)) == 10


def test_a_sender_cancels_from_the_page() -> None:
    gift = given.a_gift_now(coins=30)
    client, name = given.client_of(gift.sender), opaque_id("gft", gift.pk)
    assert "撤回" in client.get(f"/gifts/{name}/").content.decode()
    client.post(f"/gifts/{name}/cancel/")
    assert amount_at(main_of(gift.sender), "COIN") == 30
    assert "已撤回" in client.get("/gifts/").content.decode()
    assert "查看" in client.get(path_of(gift)).content.decode()


def test_a_stranger_sees_no_gift_of_mine() -> None:
    gift = given.a_gift_now()
    name, stranger = opaque_id("gft", gift.pk), given.client_of(given.a_holder())
    assert stranger.get(f"/gifts/{name}/").status_code == 404
    assert stranger.post(f"/gifts/{name}/cancel/").status_code == 404
    assert Client().get("/gifts/")["Location"].startswith("/account/login/")


def test_a_wrong_link_is_no_gift_and_guessing_ends() -> None:
    client = Client()
    codes = [client.get("/g/guess/").status_code for _ in range(21)]
    assert codes == [404] * 20 + [429]


def test_the_code_picture_is_a_picture() -> None:
    picture = Client().get(f"{path_of(given.a_gift_now())}qr.png")
    assert picture["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
