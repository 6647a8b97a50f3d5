"""Contacts on pages and as JSON: success, refusals, bad input, strangers."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from tests import given
from wallet.contacts.models import Contact
from wallet.contacts.operations import add_contact
from wallet.contacts.queries import names_by_number
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db

AMEI = {"name": "阿梅", "msisdn": "138 0013 8000"}


def kept_by(owner: Holder, *, name: str = "阿梅", msisdn: str = "13800138000") -> Contact:
    return add_contact(owner=owner, name=name, msisdn=msisdn, now=timezone.now())


def ask(who: Holder, path: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Idempotency-Key": str(uuid4())}
    return given.client_of(who).post(f"/api/v1/{path}", body or {}, headers=headers)


def test_a_page_keeps_renames_and_removes() -> None:
    owner = given.a_holder()
    client = given.client_of(owner)
    assert "还没有人" in client.get("/contacts/").content.decode()
    assert client.post("/contacts/add/", AMEI, format="multipart")["Location"] == "/contacts/"
    shown = client.get("/contacts/").content.decode()
    assert "阿梅" in shown
    assert "13800138000" in shown
    client.post("/contacts/add/", {**AMEI, "name": "梅姐"}, format="multipart")
    assert names_by_number(owner) == {"13800138000": "梅姐"}
    name = opaque_id("ctc", Contact.objects.get().pk)
    assert client.post(f"/contacts/{name}/remove/")["Location"] == "/contacts/"
    assert not Contact.objects.exists()
    assert client.post(f"/contacts/{name}/remove/").status_code == 404


def test_a_page_says_what_is_wrong_beside_the_form() -> None:
    client = given.client_of(given.a_holder())
    wrong = client.post("/contacts/add/", {**AMEI, "msisdn": "7"}, format="multipart")
    assert wrong.status_code == 422
    assert "请填 11 位手机号" in wrong.content.decode()
    assert client.post("/contacts/add/", {}, format="multipart").status_code == 422
    assert client.post("/contacts/import/", {}, format="multipart").status_code == 422
    nobody = client.post("/contacts/import/", {"text": "阿梅"}, format="multipart")
    assert "没有看到手机号" in nobody.content.decode()
    for path in ("/contacts/add/", "/contacts/import/"):
        assert client.get(path)["Location"] == "/contacts/"


def test_a_list_is_pasted_and_what_was_not_read_is_shown() -> None:
    owner = given.a_holder()
    client = given.client_of(owner)
    text = "阿梅 13800138000\n<b>谁</b>"
    client.post("/contacts/import/", {"text": text}, format="multipart")
    shown = client.get("/contacts/").content.decode()
    assert "加了 1 个人" in shown
    assert "&lt;b&gt;谁&lt;/b&gt;" in shown
    assert names_by_number(owner) == {"13800138000": "阿梅"}


def test_many_contacts_are_shown_page_by_page_and_found() -> None:
    owner = given.a_holder()
    client = given.client_of(owner)
    text = "\n".join(f"友{number} 138{number:08}" for number in range(60))
    client.post("/contacts/import/", {"text": text}, format="multipart")
    assert "下一页" in client.get("/contacts/").content.decode()
    assert "上一页" in client.get("/contacts/?page=2").content.decode()
    found = client.get("/contacts/?q=友59").content.decode()
    assert "13800000059" in found
    assert "13800000058" not in found
    assert "没有找到" in client.get("/contacts/?q=%00x").content.decode()


def test_json_keeps_lists_imports_and_removes() -> None:
    owner = given.a_holder()
    made = ask(owner, "contacts", AMEI)
    assert (made.status_code, made.json()["msisdn"]) == (201, "13800138000")
    done = ask(owner, "contacts/import", {"text": "小博 13900139000\n谁"}).json()
    assert done == {"added": 1, "renamed": 0, "unread": ["谁"]}
    listed = given.client_of(owner).get("/api/v1/contacts").json()["results"]
    assert {row["name"] for row in listed} == {"阿梅", "小博"}
    removed = ask(owner, f"contacts/{made.json()['id']}/remove")
    assert (removed.status_code, removed.json()["name"]) == (200, "阿梅")
    assert ask(owner, f"contacts/{made.json()['id']}/remove").status_code == 404


def test_bad_input_is_refused() -> None:
    owner = given.a_holder()
    for body in ({}, {"name": "阿梅"}, {"name": 7, "msisdn": "13800138000"}):
        assert ask(owner, "contacts", body).status_code == 400
    unreadable = ask(owner, "contacts", {"name": "阿梅", "msisdn": "7"})
    assert (unreadable.status_code, unreadable.json()["code"]) == (400, "msisdn_unreadable")
    assert ask(owner, "contacts/import", {"text": "x" * 100_001}).status_code == 400


def test_a_stranger_sees_and_removes_nothing() -> None:
    contact, stranger = kept_by(given.a_holder()), given.a_holder()
    name = opaque_id("ctc", contact.pk)
    assert given.client_of(stranger).get("/api/v1/contacts").json()["results"] == []
    assert ask(stranger, f"contacts/{name}/remove").status_code == 404
    page = given.client_of(stranger).get("/contacts/?q=阿梅").content.decode()
    assert "13800138000" not in page
    assert given.client_of(stranger).post(f"/contacts/{name}/remove/").status_code == 404
    assert APIClient().get("/api/v1/contacts").status_code == 403
    assert Client().get("/contacts/")["Location"].startswith("/account/login/")
    assert Contact.objects.get() == contact
