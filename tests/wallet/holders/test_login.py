"""One way in for new and known numbers: number, code, in."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests import given
from tests.given_notices import Scripted
from wallet.gateways.contract import Outcome
from wallet.holders import texts
from wallet.holders.models import Holder, Number, TextMessage, User
from wallet.holders.operations import expect_user, forget_unverified

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
CODE = "/account/login/code/"


@pytest.fixture(autouse=True)
def _shown_texts(settings: Settings) -> None:
    settings.TEXT_GATEWAY = "wallet.holders.texts.ShownTexts"
    cache.clear()
    for code in ("CT", "CM", "MV"):
        given.a_carrier(code)


def code_sent_to(phone: str) -> str:
    """Return the digits of the last text to a phone."""
    body = TextMessage.objects.filter(phone=phone).latest("id").body
    found = re.search(r"\d{6}", body)
    assert found
    return found[0]


def test_a_new_number_has_a_wallet_after_its_code() -> None:
    client = Client()
    asked = client.post(LOGIN, {"phone": "138 0013-8000"})
    assert (asked.status_code, asked["Location"]) == (302, CODE)
    assert Holder.objects.count() == 0
    answer = client.post(CODE, {"code": code_sent_to("+8613800138000")})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    number = Number.objects.get(msisdn="13800138000")
    assert (number.carrier_id, number.quality) == ("CM", "prefix")
    assert number.holder is not None
    assert number.holder.user == User.objects.get(phone="+8613800138000")
    assert client.get("/api/v1/me").status_code == 200


def test_a_known_number_finds_its_wallet() -> None:
    holder = given.a_holder()
    second = given.a_number(holder, carrier="CM")
    client = Client()
    client.post(LOGIN, {"phone": second.msisdn})
    client.post(CODE, {"code": code_sent_to(f"+86{second.msisdn}")})
    assert client.get("/api/v1/me").json()["phone"] == str(holder.user)
    assert Holder.objects.count() == 1


def test_known_and_new_numbers_look_alike() -> None:
    known = given.a_holder().numbers.get().msisdn
    pages = []
    for msisdn in (known, given.an_msisdn()):
        client = Client()
        asked = client.post(LOGIN, {"phone": msisdn})
        page = client.get(CODE)
        body = re.sub(r"csrf[^>]*>|[A-Za-z0-9]{64}", "", page.content.decode())
        pages.append((asked.status_code, asked["Location"], body.replace(msisdn, "")))
        assert TextMessage.objects.filter(phone=f"+86{msisdn}").count() == 1
    assert pages[0] == pages[1]


def test_a_wrong_code_counts_and_the_third_ends_it() -> None:
    client, msisdn = Client(), given.an_msisdn()
    client.post(LOGIN, {"phone": msisdn})
    right = code_sent_to(f"+86{msisdn}")
    wrong = "000000" if right != "000000" else "111111"
    assert client.post(CODE, {"code": wrong}).status_code == 200
    assert client.post(CODE, {"code": wrong}).status_code == 200
    assert client.post(CODE, {"code": wrong})["Location"] == LOGIN
    assert client.post(CODE, {"code": right})["Location"] == LOGIN
    assert Holder.objects.count() == 0


def test_a_code_can_be_sent_again() -> None:
    client, msisdn = Client(), given.an_msisdn()
    client.post(LOGIN, {"phone": msisdn})
    client.post(CODE, {"action": "resend"})
    assert TextMessage.objects.filter(phone=f"+86{msisdn}").count() == 2
    assert client.post(CODE, {"code": code_sent_to(f"+86{msisdn}")})["Location"] == "/"


def test_asking_is_limited_per_number() -> None:
    msisdn = given.an_msisdn()
    answers = [Client().post(LOGIN, {"phone": msisdn}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 200]
    assert TextMessage.objects.filter(phone=f"+86{msisdn}").count() == 3


@pytest.mark.parametrize("typed", ["", "12345", "+1 650 555 0100", "1380013800a"])
def test_what_is_no_number_gets_no_text(typed: str) -> None:
    answer = Client().post(LOGIN, {"phone": typed})
    assert answer.status_code == 200
    assert TextMessage.objects.count() == 0
    assert User.objects.count() == 0


def test_a_return_address_elsewhere_is_not_followed() -> None:
    client, msisdn = Client(), given.an_msisdn()
    client.post(LOGIN + "?next=https://evil.example/", {"phone": msisdn})
    code = code_sent_to(f"+86{msisdn}")
    answer = client.post(CODE + "?next=https://evil.example/", {"code": code})
    assert answer["Location"] == "/"


def test_there_are_no_passwords_and_no_e_mail() -> None:
    for path in ("password/reset/", "password/change/", "signup/", "email/"):
        assert Client().get(f"/account/{path}").status_code == 404


def test_who_never_came_is_forgotten() -> None:
    expected = expect_user(phone="+8613900000000")
    clerk = User.objects.create_superuser("+8613900000001")
    holder = given.a_holder()
    assert forget_unverified(now=timezone.now()) == 0
    assert forget_unverified(now=timezone.now() + timedelta(days=2)) == 1
    assert set(User.objects.all()) == {clerk, holder.user}
    assert not User.objects.filter(pk=expected.pk).exists()


@pytest.mark.parametrize("outcomes", [[Outcome.SENT], [Outcome.NOT_SENT, Outcome.SENT]])
def test_a_code_is_sent_at_once_and_neither_kept_nor_logged(
    settings: Settings, caplog: pytest.LogCaptureFixture, outcomes: list[Outcome]
) -> None:
    settings.TEXT_GATEWAY = "tests.given_notices.Scripted"
    Scripted.will(*outcomes)
    texts.send_text(phone="+8613900000000", body="验证码 123456")
    # Tried again under the same name, so that a gateway that took the first takes no second.
    assert len(Scripted.sent) == len(outcomes)
    assert len({letter.reference for letter in Scripted.sent}) == 1
    assert "123456" not in caplog.text
    assert "13900000000" not in caplog.text
    assert TextMessage.objects.count() == 0


@pytest.mark.parametrize(
    ("gateway", "outcomes"),
    [
        ("", []),
        ("tests.given_notices.Scripted", [Outcome.NOT_SENT, Outcome.NOT_SENT]),
        ("tests.given_notices.Scripted", [Outcome.REFUSED]),
    ],
)
def test_a_code_that_could_not_be_sent_is_said_so(
    settings: Settings, gateway: str, outcomes: list[Outcome]
) -> None:
    settings.TEXT_GATEWAY = gateway
    Scripted.will(*outcomes)
    with pytest.raises(texts.TextNotSent):
        texts.send_text(phone="+8613900000000", body="hello")
    Scripted.will(*outcomes)
    answer = Client().post(LOGIN, {"phone": "13900000000"})
    assert answer.status_code == 503
    assert "短信没有发出去" in answer.content.decode()


def test_a_code_that_may_have_been_sent_is_waited_for(settings: Settings) -> None:
    settings.TEXT_GATEWAY = "tests.given_notices.Scripted"
    Scripted.will(Outcome.UNKNOWN)
    texts.send_text(phone="+8613900000000", body="hello")
    assert len(Scripted.sent) == 1
