"""Friends on pages and in the API: whom to give to, what waits, thanks and a gift back."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image

from ledger.queries import coins_in
from tests import given
from tests.given_gifts import a_claimed_gift, a_contact, a_data_gift
from tests.wallet.convert.world import reachable
from wallet.convert.models import Conversion, DataDelivery
from wallet.gift.models import Gift
from wallet.gift.operations import claim_gift, hold_gift, send_gift
from wallet.gift.queries import token_for
from wallet.holders.models import Holder
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()
    given.open_ledger_today()


def path_of(gift: Gift) -> str:
    return f"/g/{token_for(gift)}/"


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def make(client: Client, **form: Any) -> Any:
    asked = {"what": "COIN", "amount": "10", "key": str(uuid4()), **form}
    return client.post("/gifts/new/", asked, format="multipart")


def ask(who: Holder, path: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Idempotency-Key": str(uuid4())}
    return given.client_of(who).post(f"/api/v1/{path}", body or {}, headers=headers)


def test_the_form_offers_friends_and_contacts_and_whom_a_page_proposes() -> None:
    giver, friend, other = given.a_holder(coins=100), given.a_holder(), given.a_holder()
    gift = a_claimed_gift(sender=giver, claimer=friend, now=timezone.now())
    contact = opaque_id("ctc", a_contact(giver, other, name="小博").pk)
    client = given.client_of(giver)
    page = text(client, "/gifts/new/")
    assert "常送的人" in page
    assert f'value="{opaque_id("gft", gift.pk)}"' in page
    assert f'value="{contact}"' in page
    assert f'value="{contact}" selected' in text(client, f"/gifts/new/?to={contact}")
    assert client.get(f"/gifts/new/?to={opaque_id('ctc', uuid4())}").status_code == 404
    stranger = given.client_of(friend)
    assert stranger.get(f"/gifts/new/?to={contact}").status_code == 404


def test_a_contact_gets_a_gift_and_finds_it_waiting() -> None:
    giver, friend = given.a_holder(coins=100), given.a_holder()
    contact = opaque_id("ctc", a_contact(giver, friend).pk)
    made = make(given.client_of(giver), to=contact)
    assert made.status_code == 302
    assert "只有 阿梅 可以领取" in text(given.client_of(giver), made["Location"])
    gift = Gift.objects.get()
    assert gift.locked_to == friend.numbers.get().msisdn
    client = given.client_of(friend)
    for path in ("/", "/gifts/"):
        assert "等您领取" in text(client, path)
        assert path_of(gift) in text(client, path)
    assert "等您领取" not in text(given.client_of(given.a_holder()), "/gifts/")
    client.post(f"{path_of(gift)}claim/")
    assert coins_in(main_of(friend)) == 10
    assert "等您领取" not in text(client, "/")


def test_two_recipients_are_refused_beside_the_form() -> None:
    giver, friend = given.a_holder(coins=100), given.a_holder()
    contact = opaque_id("ctc", a_contact(giver, friend).pk)
    refused = make(given.client_of(giver), to=contact, locked_to=given.an_msisdn())
    assert refused.status_code == 422
    assert "不要都填" in refused.content.decode()
    waiting = opaque_id("gft", given.a_gift(sender=giver, coins=1).pk)
    assert "还没有人领取" in make(given.client_of(giver), to=waiting).content.decode()
    assert coins_in(main_of(giver)) == 99


def test_a_friend_thanks_and_gives_back_from_the_gift() -> None:
    friend = given.a_holder(coins=50)
    gift = a_claimed_gift(claimer=friend, now=timezone.now())
    client, name = given.client_of(friend), opaque_id("gft", gift.pk)
    for path in (path_of(gift), f"/gifts/{name}/"):
        page = text(client, path)
        assert "谢谢送礼的人" in page
        assert f"/gifts/new/?to={name}" in page
    assert str(gift.sender.numbers.get()) in text(client, f"/gifts/new/?to={name}")
    client.post(f"{path_of(gift)}thanks/")
    assert "已经说过谢谢了" in text(client, f"/gifts/{name}/")
    made = make(client, to=name)
    back = Gift.objects.get(in_return_for=gift)
    assert made["Location"] == f"/gifts/{opaque_id('gft', back.pk)}/"
    assert "回赠" in text(client, f"/gifts/{name}/")
    sender = given.client_of(gift.sender)
    assert "朋友回赠您 10 币" in text(sender, "/inbox/")
    assert "朋友感谢您送的 50 币" in text(sender, "/inbox/")
    sender.post(f"{path_of(back)}claim/")
    assert coins_in(main_of(gift.sender)) == 10


def test_a_number_given_to_can_be_kept_as_a_contact() -> None:
    giver = given.a_holder(coins=100)
    client, msisdn = given.client_of(giver), given.an_msisdn()
    shown = make(client, locked_to=msisdn)["Location"]
    assert "存到通讯录" in text(client, shown)
    client.post("/contacts/add/", {"name": "小博", "msisdn": msisdn}, format="multipart")
    page = text(client, shown)
    assert "存到通讯录" not in page
    assert "小博" in page


def test_the_senders_page_learns_that_the_gift_was_claimed() -> None:
    gift = given.a_gift_now()
    client, path = given.client_of(gift.sender), f"/gifts/{opaque_id('gft', gift.pk)}/"
    waiting = client.get(path, headers=HTMX)
    assert (waiting.status_code, waiting.get("HX-Refresh")) == (204, None)
    claim_gift(gift=gift, claimer=given.a_holder(), now=timezone.now())
    assert client.get(path, headers=HTMX)["HX-Refresh"] == "true"
    assert "已领取" in text(client, path)


def test_a_gift_for_another_offers_another_number_and_no_claim() -> None:
    giver, friend = given.a_holder(coins=100), given.a_holder()
    before = a_claimed_gift(sender=giver, claimer=friend, now=timezone.now())
    gift = send_gift(sender=giver, amount=10, friend_of=before, key=uuid4(), now=timezone.now())
    stranger, anonymous = given.client_of(given.a_holder()), Client()
    for client in (stranger, anonymous):
        page = text(client, path_of(gift))
        assert f"只有 {friend.numbers.get()} 可以领取" in page
        assert friend.numbers.get().msisdn not in page
    assert f"{path_of(gift)}claim/" not in text(stranger, path_of(gift))
    stranger.post(f"{path_of(gift)}claim/")
    assert "送给另一个号码" in text(stranger, path_of(gift))
    assert f"{path_of(gift)}claim/" in text(given.client_of(friend), path_of(gift))


def test_a_held_gift_says_that_somebody_is_claiming_it() -> None:
    gift = given.a_gift_now()
    assert "有人正在领取" not in text(Client(), path_of(gift))
    hold_gift(gift=gift, msisdn=given.an_msisdn(), now=timezone.now())
    assert "有人正在领取" in text(Client(), path_of(gift))


def test_one_button_tops_up_the_own_number_once() -> None:
    reachable("CT")
    friend = given.a_holder()
    gift = a_claimed_gift(coins=30, claimer=friend, now=timezone.now())
    client, number = given.client_of(friend), friend.numbers.get()
    page = text(client, path_of(gift))
    assert f"充到 {number}" in page
    key = page.partition('name="key" value="')[2].partition('"')[0]
    form = {"key": key, "msisdn": number.msisdn, "coins": "30"}
    asked = [client.post("/convert/", form, format="multipart") for _ in range(2)]
    assert asked[0].status_code == 302
    assert asked[0]["Location"] == asked[1]["Location"]
    assert Conversion.objects.get().coins == 30
    assert coins_in(main_of(friend)) == 0


def test_data_tops_up_a_number_of_its_carrier_and_says_so_to_others() -> None:
    reachable("CT", "CM")
    gift, friend = a_data_gift(now=timezone.now()), given.a_holder()
    client, number = given.client_of(friend), friend.numbers.get()
    assert "只能充到中国电信的号码" in text(client, path_of(gift))
    client.post(f"{path_of(gift)}claim/")
    page = text(client, path_of(gift))
    key = page.partition('name="key" value="')[2].partition('"')[0]
    form = {"key": key, "msisdn": number.msisdn, "asset": gift.asset, "mb": "40"}
    assert client.post("/deliver/", form, format="multipart").status_code == 302
    assert DataDelivery.objects.get().mb == 40
    other, mobile = a_data_gift(now=timezone.now()), given.a_holder(carrier="CM")
    claim_gift(gift=other, claimer=mobile, now=timezone.now())
    page = text(given.client_of(mobile), path_of(other))
    assert "这是中国电信的流量，充不到" in page
    assert 'name="key"' not in page


def test_a_poster_is_a_picture_in_the_readers_language() -> None:
    gift = a_data_gift(goods="VOUCHER", now=timezone.now())
    answers = [
        Client(headers={"accept-language": language}).get(f"{path_of(gift)}poster.png")
        for language in ("zh-hans", "en")
    ]
    for answer in answers:
        assert answer["Content-Type"] == "image/png"
        assert "private" in answer["Cache-Control"]
        assert Image.open(BytesIO(answer.content)).size == (1080, 1600)
    assert answers[0].content != answers[1].content
    gift.refresh_from_db()
    assert gift.state == Gift.State.OPEN
    assert Client().get("/g/guess/poster.png").status_code == 404


def test_json_gives_to_contacts_and_friends_and_tells_relations() -> None:
    giver, friend = given.a_holder(coins=100), given.a_holder(coins=100)
    contact = opaque_id("ctc", a_contact(giver, friend).pk)
    made = ask(giver, "gifts", {"amount": 10, "locked_to": contact}).json()
    assert made["locked_to"] == friend.numbers.get().msisdn
    link = made["link"].rstrip("/").rpartition("/")[2]
    claimed = ask(friend, f"gift-links/{link}/claim").json()
    assert claimed["sent_by"] == str(giver.numbers.get())
    back = ask(friend, "gifts", {"amount": 5, "locked_to": made["id"]}).json()
    assert (back["locked_to"], back["in_return_for"]) == (str(giver.numbers.get()), made["id"])
    again = ask(giver, "gifts", {"amount": 5, "locked_to": made["id"]}).json()
    assert (again["locked_to"], again["in_return_for"]) == ("阿梅", "")
    (relation,) = given.client_of(giver).get("/api/v1/relations").json()["results"]
    assert (relation["name"], relation["given"], relation["received"]) == ("阿梅", 1, 0)
    assert relation["gift"] == made["id"]
    unclaimed = ask(giver, "gifts", {"amount": 5, "locked_to": again["id"]})
    assert (unclaimed.status_code, unclaimed.json()["code"]) == (409, "no_other_side")
    stranger = ask(given.a_holder(coins=9), "gifts", {"amount": 5, "locked_to": made["id"]})
    assert (stranger.status_code, stranger.json()["code"]) == (404, "unknown_id")
