"""Staff reads the admin in its own language: tables and columns too."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db.migrations.state import ModelState
from django.test import Client
from django.utils import translation

from config.names import _either
from ledger.models import Month
from tests.house.messages import CHINESE
from wallet.carriers.models import Break
from wallet.holders.models import User

OURS = [
    (model, room)
    for model, room in admin.site._registry.items()
    if model._meta.app_label in {"exchange", "ledger", "wallet"}
]


def test_tables_and_columns_of_the_admin_have_chinese_names() -> None:
    bare = set()
    for model, room in OURS:
        named = {model._meta.label: str(model._meta.verbose_name_plural)}
        named |= {field.name: str(field.verbose_name) for field in model._meta.fields}
        for column in room.list_display:
            if isinstance(column, str) and column != "__str__":
                named[column] = str(label_for_field(column, model, room))
        bare |= {name for name, said in named.items() if not CHINESE.search(said)}
    assert sorted(bare) == []


def test_all_tables_and_what_stands_beside_a_row_have_chinese_names() -> None:
    # A table without a room of its own is named where rights are given and in the log of changes.
    named = {
        model._meta.label: str(model._meta.verbose_name)
        for app in ("exchange", "ledger", "wallet")
        for model in apps.get_app_config(app).get_models()
    }
    beside = [inline for _model, room in OURS for inline in room.inlines]
    for inline in beside:
        columns = [inline.model._meta.get_field(name) for name in inline.fields or ()]
        named |= {str(column): str(column.verbose_name) for column in columns}
    assert beside
    assert [name for name, said in named.items() if not CHINESE.search(said)] == []


@pytest.mark.django_db
def test_the_theme_of_the_admin_speaks_chinese_too() -> None:
    client = Client(headers={"host": "127.0.0.1", "accept-language": "zh-CN"})
    client.force_login(User.objects.create_superuser("+8613900000002"))
    pages = [
        client.get(f"/admin/wallet/{page}").content.decode() for page in ("break/", "break/?q=x")
    ]
    for english in ("Type to search", "No results found", "Reset filters", "yielded"):
        assert [page for page in pages if english in page] == []
    assert "输入要找的" in pages[0]
    assert "没有找到" in pages[1]


def test_choices_have_chinese_names_and_english_ones() -> None:
    labels = [
        (model._meta.label, field.name, value, label)
        for model, _room in OURS
        for field in model._meta.fields
        for value, label in field.flatchoices
    ]
    assert [one for one in labels if not CHINESE.search(str(one[-1]))] == []
    with translation.override("en"):
        assert [one for one in labels if CHINESE.search(str(one[-1]))] == []
    assert Break(kind="not_listed").get_kind_display() == "运营商没有列出"
    assert Month(state="open").get_state_display() == "开放"  # a gift's is another


def test_in_english_they_bear_the_codes_names() -> None:
    with translation.override("en"):
        said = [str(model._meta.verbose_name_plural) for model, _room in OURS]
        said += [str(field.verbose_name) for model, _room in OURS for field in model._meta.fields]
    assert [each for each in said if CHINESE.search(each)] == []


def test_migrations_see_what_was_declared() -> None:
    for model, _room in OURS:
        state = ModelState.from_model(model)
        told = [state.options.get("verbose_name", "")]
        told += [field.deconstruct()[3].get("verbose_name", "") for field in state.fields.values()]
        with translation.override("en"):
            assert [each for each in map(str, told) if CHINESE.search(each)] == []
        assert not any(type(each) is type(_either("", "")) for each in told)


@pytest.mark.django_db
def test_the_admin_is_read_in_either_language() -> None:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("+8613900000001"))
    zh = client.get("/admin/wallet/break/", headers={"accept-language": "zh-CN"}).content.decode()
    en = client.get("/admin/wallet/break/", headers={"accept-language": "en"}).content.decode()
    assert ("差异" in zh, "Breaks" in zh) == (True, False)
    assert "Breaks" in en
    form = client.get("/admin/wallet/holderevent/add/").content.decode()
    # A field without the admin's look has no border, and cannot be seen.
    assert 'name="holder" class="border' in form or 'class="border' in form
