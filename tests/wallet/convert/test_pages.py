"""The pages of conversions and deliveries: asked, refused, followed; in both languages."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from ledger.queries import amount_at, coins_in
from tests import given
from tests.wallet.convert.world import carriers, convert, deliver, ported_to, reachable
from wallet.carriers.models import Carrier
from wallet.convert.models import Conversion, DataDelivery
from wallet.convert.queries import conversions_of, deliveries_of
from wallet.holders.models import Holder
from wallet.holders.operations import freeze_holder
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_books")]

DATA = "DATA-CT-2026-11"
CT_NUMBER = "13300001234"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def played(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let the site's clock stand at the world's time; a test may put another in the list."""
    times = [given.NOW]
    monkeypatch.setattr("wallet.holders.idempotency.timezone.now", lambda: times[-1])
    return times


@pytest.fixture
def holder() -> Holder:
    reachable("CT", "CU", "CM", "MV")
    holder = given.a_holder(coins=100)
    given.give_data(holder, 100)
    return holder


def client_of(holder: Holder, language: str = "zh-hans") -> Client:
    assert holder.user is not None
    client = Client(headers={"accept-language": language})
    client.force_login(holder.user)
    return client


def text(holder: Holder, path: str, language: str = "zh-hans") -> str:
    answer = client_of(holder, language).get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def send(holder: Holder, path: str, language: str = "zh-hans", **form: Any) -> Any:
    good = {"msisdn": CT_NUMBER, "coins": "30", "mb": "30", "asset": DATA, "key": str(uuid4())}
    return client_of(holder, language).post(path, {**good, **form})


def path_of(row: Conversion | DataDelivery) -> str:
    if isinstance(row, Conversion):
        return f"/conversions/{opaque_id('cnv', row.pk)}/"
    return f"/deliveries/{opaque_id('dlv', row.pk)}/"


def test_an_empty_wallet_says_so_in_both_languages() -> None:
    holder = given.a_holder()
    assert "还没有币" in text(holder, "/convert/")
    assert "No coins yet" in text(holder, "/convert/", "en")
    assert "没有可以发的流量或流量券" in text(holder, "/deliver/")
    assert "There is no data or voucher to send" in text(holder, "/deliver/", "en")
    assert 'name="coins"' not in text(holder, "/convert/")


def test_the_form_begins_with_what_is_known(holder: Holder) -> None:
    own = holder.numbers.get().msisdn
    page = text(holder, "/convert/?coins=25")
    assert "您有 100 币可用" in page
    assert f'value="{own}"' in page
    assert 'value="25"' in page
    assert "我们认为这个号码是中国电信的" in page
    assert "You have 100 coins to use" in text(holder, "/convert/", "en")
    page = text(holder, f"/deliver/?asset={DATA}&mb=25")
    assert f'<option value="{DATA}" selected>' in page
    assert 'value="25"' in page
    assert "100 MB" in page


def test_a_conversion_is_sent_once_and_followed_to_its_end(holder: Holder) -> None:
    form = re.search(r'name="key" value="([0-9a-f-]{36})"', text(holder, "/convert/"))
    assert form
    answers = [send(holder, "/convert/", key=form[1]) for _ in range(2)]
    row = conversions_of(holder).get()
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, path_of(row))] * 2
    page = text(holder, path_of(row))
    assert "正在提交" in page
    assert 'hx-get="?shown=waiting"' in page
    assert CT_NUMBER not in page
    with carriers(CT=[]) as world:
        world.serve()
    page = text(holder, path_of(row))
    assert "已到账" in page
    assert "hx-get" not in page
    assert "Arrived" in text(holder, path_of(row), "en")
    assert "已到账" in text(holder, "/convert/")
    assert "换的流量已经到账：30 MB" in text(holder, "/inbox/")
    assert "The data you converted arrived: 30 MB" in text(holder, "/inbox/", "en")


def test_the_fragment_changes_only_when_there_is_news(holder: Holder) -> None:
    row = convert(holder)
    client = client_of(holder)
    answer = client.get(path_of(row), headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert client.get(f"{path_of(row)}?shown=waiting", headers=HTMX).status_code == 204
    with carriers(CT=["--down"]) as world:
        world.serve()
        answer = client.get(f"{path_of(row)}?shown=waiting", headers=HTMX)
        assert (answer.status_code, "运营商还没有答复" in answer.content.decode()) == (200, True)
    with carriers(at=world.now, CT=[]) as world:
        world.read_final_statements()
    answer = client.get(f"{path_of(row)}?shown=unknown", headers=HTMX)
    assert answer.status_code == 286
    assert "hx-get" not in answer.content.decode()


def test_what_nobody_can_tell_is_said_honestly(holder: Holder, played: list[Any]) -> None:
    row = convert(holder)
    with carriers(CT=["--down"]) as world:
        world.serve()
    assert "最晚 11-18 02:00 有结果" in text(holder, path_of(row))
    assert "until 11-18 02:00 at the latest" in text(holder, path_of(row), "en")
    played.append(given.NOW + timedelta(days=2))
    assert "正在人工核对" in text(holder, path_of(row))
    assert "Being checked by our staff" in text(holder, path_of(row), "en")


def test_a_carrier_that_cannot_be_reached_is_said(holder: Holder) -> None:
    row = convert(holder)
    with carriers(unlike={"CT": "http://127.0.0.1:1"}, CT=[]) as world:
        world.serve()
    assert "暂时联系不上运营商" in text(holder, path_of(row))
    assert "The carrier cannot be reached" in text(holder, path_of(row), "en")


def test_a_refund_says_why(holder: Holder, tmp_path: Path) -> None:
    row = convert(holder, msisdn=CT_NUMBER)
    Carrier.objects.filter(pk="CU").update(base_url="")
    with carriers(CT=ported_to("CU", CT_NUMBER, folder=tmp_path)) as world:
        world.serve()
    page = text(holder, path_of(row))
    assert "没有成功，币已退回" in page
    assert "这个号码已经转到别的运营商" in page
    assert "The number has moved to another carrier" in text(holder, path_of(row), "en")
    assert "换流量没有成功，已退回 30 币" in text(holder, "/inbox/")


def test_a_reason_of_the_carriers_own_is_said_in_our_words(holder: Holder) -> None:
    row = convert(holder)
    with carriers(CT=["--does-not-sell"]) as world:
        world.serve()
    row.instruction.refresh_from_db()
    row.instruction.reason = "E-4711"
    row.instruction.save()
    page = text(holder, path_of(row))
    assert "运营商没有办成" in page
    assert "E-4711" not in page


def test_a_delivery_is_sent_once_and_followed_to_its_end(holder: Holder) -> None:
    key = str(uuid4())
    answers = [send(holder, "/deliver/", mb="100", key=key) for _ in range(2)]
    row = deliveries_of(holder).get()
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, path_of(row))] * 2
    assert amount_at(main_of(holder), DATA) == 0
    assert "正在提交" in text(holder, path_of(row))
    with carriers(CT=["--does-not-sell"]) as world:
        world.serve()
    page = text(holder, path_of(row))
    assert "没有成功，流量已退回" in page
    assert "运营商没有接受这一笔" in page
    assert "Failed; the data came back" in text(holder, path_of(row), "en")
    assert "没有成功" in text(holder, "/deliver/")
    assert "已退回 100 MB，中国电信流量" in text(holder, "/inbox/")
    answer = client_of(holder).get(path_of(row), headers=HTMX)
    assert answer.status_code == 286


@pytest.mark.parametrize(
    "path,form,chinese,english",
    [
        ("/convert/", {"coins": "101"}, "币不够", "coins"),
        ("/convert/", {"msisdn": "12345"}, "手机号", "number"),
        ("/convert/", {"msisdn": "19200001234"}, "请选择这个号码的运营商", "choose this number"),
        ("/convert/", {"msisdn": "13800001234"}, "暂不支持用币换流量", "does not deliver"),
        ("/deliver/", {"mb": "101"}, "流量不够", "data"),
        ("/deliver/", {"asset": "SURPLUS-CT-2026-11"}, "只有流量和流量券可以", "Only data and"),
        ("/deliver/", {"asset": "DATA-CT-2026-10"}, "已经过期", "expired"),
        ("/deliver/", {"msisdn": "13000001234"}, "只能发给同一家运营商", "same carrier"),
    ],
)
def test_a_refusal_stands_beside_the_form(
    holder: Holder, path: str, form: dict[str, str], chinese: str, english: str
) -> None:
    Carrier.objects.filter(pk="CM").update(base_url="")
    for language, said in (("zh-hans", chinese), ("en", english)):
        refused = send(holder, path, language, **form)
        assert refused.status_code == 422
        errors = re.findall(r"errorlist nonfield.*?</ul>", refused.content.decode(), re.DOTALL)
        assert said in "".join(errors)
    assert (coins_in(main_of(holder)), amount_at(main_of(holder), DATA)) == (100, 100)


@pytest.mark.parametrize("path", ["/convert/", "/deliver/"])
@pytest.mark.parametrize(
    "form",
    [
        {"coins": "0", "mb": "0"},
        {"coins": "-5", "mb": "-5"},
        {"coins": str(2**63), "mb": str(2**63)},
        {"coins": str(2**63 - 1), "mb": str(2**63 - 1)},
        {"coins": "1.5", "mb": "1.5"},
        {"coins": "many", "mb": "many"},
        {"coins": "", "mb": ""},
        {"msisdn": ""},
        {"msisdn": "133\x0000001234"},
        {"carrier": "XX"},
        {"key": "7"},
        {"key": ""},
    ],
)
def test_bad_input_stays_in_the_form(holder: Holder, path: str, form: dict[str, str]) -> None:
    refused = send(holder, path, **form)
    assert refused.status_code == 422
    assert "errorlist" in refused.content.decode()
    assert (coins_in(main_of(holder)), amount_at(main_of(holder), DATA)) == (100, 100)


def test_an_empty_post_is_an_answered_form(holder: Holder) -> None:
    for path in ("/convert/", "/deliver/"):
        refused = client_of(holder).post(path, {})
        assert (refused.status_code, "errorlist" in refused.content.decode()) == (422, True)


def test_a_frozen_holder_is_told(holder: Holder) -> None:
    freeze_holder(holder=holder, now=given.NOW)
    for path in ("/convert/", "/deliver/"):
        refused = send(holder, path)
        assert refused.status_code == 422
        assert "冻结" in refused.content.decode()


@pytest.mark.parametrize(
    "typed,chinese,english",
    [
        ("133 0000 1234", "是中国电信的", "with China Telecom"),
        ("13000001234", "是中国联通的", "with China Unicom"),
        ("13800001234", "暂不支持用币换流量", "does not deliver for coins"),
        ("19200001234", "看不出这个号码", "cannot tell"),
    ],
)
def test_the_hint_says_whose_a_number_is(
    holder: Holder, typed: str, chinese: str, english: str
) -> None:
    Carrier.objects.filter(pk="CM").update(base_url="")
    path = f"/convert/carrier/?msisdn={typed}"
    assert chinese in text(holder, path)
    assert english in text(holder, path, "en")


@pytest.mark.parametrize("typed", ["", "?msisdn=", "?msisdn=133", "?msisdn=%00", "?msisdn=abc"])
def test_the_hint_is_silent_until_there_is_a_number(holder: Holder, typed: str) -> None:
    assert text(holder, f"/convert/carrier/{typed}").strip() == ""


def test_a_stranger_sees_nothing_of_mine(holder: Holder) -> None:
    stranger = given.a_holder()
    for row in (convert(holder), deliver(holder, asset=DATA)):
        assert client_of(stranger).get(path_of(row)).status_code == 404
        answer = Client().get(path_of(row))
        assert answer["Location"].startswith("/account/login/")
    for path in ("/convert/", "/deliver/", "/convert/carrier/"):
        assert Client().get(path)["Location"].startswith("/account/login/")
    assert "还没有换过" in text(stranger, "/convert/")
    assert "还没有发过" in text(stranger, "/deliver/")


@pytest.mark.parametrize("path", ["/conversions/cnv_zzz/", "/deliveries/7/", "/deliveries/cnv_a/"])
def test_a_wrong_address_is_not_found(holder: Holder, path: str) -> None:
    assert client_of(holder).get(path).status_code == 404
    assert client_of(holder).post(path).status_code == 405
