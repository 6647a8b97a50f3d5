"""The console's pages and JSON: success, refusals, bad input, and no carrier sees another's."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.given import a_carrier, a_holder, an_msisdn, client_of
from tests.given_clearing import (
    a_traded_month,
    an_office,
    statement,
    struck,
)
from wallet.carriers.models import Break
from wallet.carriers.usage.rules import HEADER
from wallet.clearing.models import ClearingLine, ClearingStatement
from wallet.clearing.urls import api_urlpatterns as clearing_api
from wallet.clearing.urls import page_urlpatterns as clearing_pages
from wallet.holders.models import Holder, Member
from wallet.holders.operations import add_member
from wallet.holders.rules import opaque_id
from wallet.offices.models import BreakAnswer, UsageUpload
from wallet.offices.operations import upload_usage
from wallet.offices.urls import api_urlpatterns, page_urlpatterns

pytestmark = pytest.mark.django_db
CARRIERS = ("CT", "CU", "CM", "MV")
FILE = f"{','.join(HEADER)}\n"


def speaker(carrier: str, *, role: Member.Role = Member.Role.OWNER) -> Holder:
    """Return somebody who speaks for a carrier."""
    holder = a_holder()
    assert holder.user is not None
    office = an_office(carrier)
    add_member(organisation=office.organisation, user=holder.user, role=role)
    return holder


def browser_of(holder: Holder, language: str = "zh-hans") -> Client:
    """Return a browser somebody is signed in with."""
    assert holder.user is not None
    client = Client(headers={"accept-language": language})
    client.force_login(holder.user)
    return client


def places_of(carrier: str, held: ClearingStatement) -> dict[str, str]:
    """Return what the addresses of a carrier's own things leave open."""
    found, _made = Break.objects.get_or_create(
        carrier=a_carrier(carrier),
        kind="not_listed",
        reference="r",
        defaults={"found_at": timezone.now()},
    )
    owner = Member.objects.filter(organisation__carrier_office=carrier).first()
    assert owner is not None
    upload = upload_usage(
        carrier=a_carrier(carrier),
        name="usage.csv",
        content=FILE.encode(),
        by=owner.user,
        key=uuid.uuid4(),
        now=timezone.now(),
    )
    line = held.lines.filter(coins__gt=0).first()
    assert line is not None
    name, stated = opaque_id("upl", upload.pk), opaque_id("stm", held.pk)
    return {
        "carrier": carrier,
        "found": opaque_id("brk", found.pk),
        "upload": name,
        "upload_id": name,
        "statement": stated,
        "name": stated,
        "line": opaque_id("stl", line.pk),
    }


def addresses(places: dict[str, str]) -> list[str]:
    """Return every address of the consoles and statements, filled in."""
    every: Any = (*page_urlpatterns, *clearing_pages, *api_urlpatterns, *clearing_api)
    named = [(one.name, one.pattern.converters) for one in every]
    return [
        reverse(name, kwargs={place: places[place] for place in converters})
        for name, converters in named
        if converters
    ]


def test_no_carrier_sees_anything_of_anothers_at_any_door() -> None:
    a_traded_month()
    clearing = struck()
    people = {carrier: speaker(carrier) for carrier in CARRIERS}
    stranger = a_holder()
    for theirs in ("CM", "CT"):
        places = places_of(theirs, statement(theirs, clearing))
        paths = addresses(places)
        assert len(paths) >= 15
        for carrier, who in {**people, "nobody": stranger}.items():
            client = client_of(who)
            client.raise_request_exception = False
            for path in paths:
                answer = client.get(path)
                if answer.status_code == 405:
                    answer = client.post(path, headers={"Idempotency-Key": str(uuid.uuid4())})
                if carrier == theirs:
                    assert answer.status_code != 404, path
                else:
                    assert answer.status_code == 404, (carrier, path)
                    assert an_office(theirs).organisation.name not in answer.content.decode()


def test_ones_own_places_with_anothers_ids_are_not_found() -> None:
    a_traded_month()
    clearing = struck()
    me = client_of(speaker("CT"))
    speaker("CM")
    theirs = places_of("CM", statement("CM", clearing)) | {"carrier": "CT"}
    for path in addresses(theirs):
        answer = me.get(path)
        if answer.status_code == 200:
            assert theirs["line"] not in answer.content.decode()
            assert not any(theirs[name] in path for name in ("upload", "statement", "found"))
        else:
            assert answer.status_code in {404, 405}, path


def _page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def test_the_console_is_read_in_both_languages_and_answers_are_kept() -> None:
    me = speaker("CT")
    client = browser_of(me)
    found = Break.objects.create(
        carrier=a_carrier("CT"),
        kind="not_listed",
        reference=an_msisdn(),
        found_at=timezone.now(),
    )
    assert client.get("/office/").headers["Location"] == "/office/CT/"
    assert "答复送达而日账未列" in _page(client, "/office/CT/")
    assert found.reference not in _page(client, "/office/CT/")
    assert "not in the statement" in _page(browser_of(me, "en"), "/office/CT/")
    path = reverse("office_break", args=["CT", opaque_id("brk", found.pk)])
    sent = {"text": "我们漏了", "key": str(uuid.uuid4())}
    for _ in range(2):
        assert client.post(path, sent).status_code == 302
    assert BreakAnswer.objects.get().text == "我们漏了"
    assert "我们漏了" in _page(client, "/office/CT/")
    assert client.post(path, {"text": ""}).status_code == 302
    assert BreakAnswer.objects.count() == 1
    assert _page(client, "/office/CT/asked/?state=created&page=x")


def test_a_usage_file_is_uploaded_and_its_faults_are_shown() -> None:
    client = browser_of(speaker("CT"))
    sent = {"key": str(uuid.uuid4()), "file": SimpleUploadedFile("用量.csv", f"{FILE}x,y".encode())}
    answer = client.post("/office/CT/usage-files", sent)
    assert answer.status_code == 302
    assert "应有 10 列，只有 2 列" in _page(client, answer.headers["Location"])
    bad = {"key": str(uuid.uuid4()), "file": SimpleUploadedFile("a.csv", b"no header")}
    answer = client.post("/office/CT/usage-files", bad)
    assert answer.status_code == 422
    assert "第一行要写列名" in answer.content.decode()
    assert UsageUpload.objects.count() == 1


def test_a_viewer_may_look_and_not_speak() -> None:
    a_traded_month()
    clearing = struck()
    viewer = speaker("CM", role=Member.Role.VIEWER)
    client = browser_of(viewer)
    held = statement("CM", clearing)
    name = opaque_id("stm", held.pk)
    page = _page(client, f"/office/CM/statements/{name}/")
    assert "确认全部" not in page
    assert client.post(f"/office/CM/statements/{name}/confirm").status_code == 403
    assert client.post("/office/CM/usage-files").status_code == 403
    api = client_of(viewer).post(
        f"/api/v1/offices/CM/statements/{name}/confirm",
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert api.json()["code"] == "office_role"
    assert not ClearingLine.objects.filter(state="confirmed", coins__gt=0).exists()


def test_a_statement_is_confirmed_and_disputed_line_by_line() -> None:
    a_traded_month()
    clearing = struck()
    client = browser_of(speaker("CM"))
    held = statement("CM", clearing)
    name = opaque_id("stm", held.pk)
    base = f"/office/CM/statements/{name}/"
    assert "/office/CM/statements/" in _page(client, "/office/CM/")
    assert name in _page(client, "/office/CM/statements/")
    page = _page(client, base)
    assert 'data-net="4160"' in page
    line = held.lines.get(coins=400)
    shown = opaque_id("stl", line.pk)
    assert "2026-11-17" in _page(client, f"{base}{shown}/")
    client.post(f"{base}{shown}/dispute", {"reason": "没有这一笔"})
    client.post(f"{base}confirm")
    states = dict(held.lines.values_list("coins", "state"))
    assert states == {600: "confirmed", 400: "disputed", 40: "confirmed"}
    assert "没有这一笔" in _page(client, base)
    client.post(f"{base}{shown}/dispute", {"reason": " "})
    client.post(f"{base}confirm", {"line": shown})
    assert held.lines.get(coins=400).state == "confirmed"
    file: Any = client.get(f"{base}statement.csv")
    csv = b"".join(file.streaming_content).decode()
    assert csv.count("convert_delivered") == 2
    assert ",600" in csv


def test_lines_resolve_to_transactions_by_json() -> None:
    a_traded_month()
    clearing = struck()
    client = client_of(speaker("CU"))
    held = statement("CU", clearing)
    base = f"/api/v1/offices/CU/statements/{opaque_id('stm', held.pk)}"
    whole = client.get(base).json()
    assert whole["sums"] == {
        "credit_coins": 0,
        "credit_fen": 0,
        "charge_coins": 360,
        "charge_fen": 1_440,
        "own_coins": 0,
        "net_fen": -1_440,
    }
    (charge,) = [one for one in whole["lines"] if one["counterpart"] == "CM"]
    behind = client.get(f"{base}/lines/{charge['id']}/transactions").json()
    assert sorted(one["coins"] for one in behind) == [40, 400, 600]
    # Another carrier's references name its subscribers' deliveries: they are its own to know.
    assert {one["reference"] for one in behind} == {""}
    assert client.get(f"{base}/lines/{charge['id']}/transactions?after=3").json() == []
