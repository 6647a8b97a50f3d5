"""An auditor sees every page of the admin and changes nothing; no page shows a whole number."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import URLPattern, reverse

import ledger.urls
from config.groups import AUDITOR
from ledger.models import Transaction
from tests import given
from tests.api.world import PLACES, World
from wallet.holders.models import Number, User

pytestmark = pytest.mark.django_db

AUDITOR_PHONE = "+8613900000002"
LOCKED_TO = "13800001234"
#: What the forms of the admin ask for, all at once.
BODY = {"post": "yes", "outcome": "right", "answer": "x", "reason": "because", "q": "gift/"}
# What may grow while an auditor looks: the looks themselves, and the session.
MAY_GROW = {"ledger_look", "django_session"}
#: Pages that only show, for which a missing right or another method is another answer than 200.
SITE_PAGES = ("index", "password_change", "password_change_done", "jsi18n", "search")
CHANGING = ("_add", "_delete")
SHOWING = ("_change", "_history")


@pytest.fixture
def world(db: None) -> World:
    """Return a world in which nearly every table has a row."""
    cache.clear()
    world = World()
    for door in PLACES.values():
        door(world)
    given.a_gift(sender=world.me, coins=1, locked_to=LOCKED_TO, now=world.now)
    return world


@pytest.fixture
def auditor(world: World) -> Client:
    """Return a client of an auditor, who sees faults as answers."""
    user = User.objects.create_user(AUDITOR_PHONE, is_staff=True)
    user.groups.add(Group.objects.get(name=AUDITOR))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def model_pages() -> Iterator[tuple[type[Model], str, str, bool]]:
    """Return each page of each table: model, name, address, whether it is of one row there is."""
    asking = RequestFactory().get("/admin/")
    asking.user = User.objects.get(phone=AUDITOR_PHONE)
    for model, of_model in admin.site._registry.items():
        row = of_model.get_queryset(asking).order_by("pk").first()
        key = row.pk if row else uuid4()
        for pattern in of_model.get_urls():
            assert isinstance(pattern, URLPattern)
            kwargs = {name: _key_for(name, key) for name in pattern.pattern.converters}
            if pattern.name:
                url = reverse(f"admin:{pattern.name}", kwargs=kwargs)
                yield model, pattern.name, url, row is not None or not kwargs


def _key_for(name: str, key: Any) -> Any:
    return Transaction.objects.order_by("pk").first().pk if "transaction" in name else key  # type: ignore[union-attr]


def desk_pages(world: World) -> Iterator[str]:
    """Return each page of the desk."""
    transaction = Transaction.objects.order_by("pk").first()
    assert transaction is not None
    named = {
        "holder": world.me.pk,
        "kind": "holder",
        "thing": world.me.pk,
        "address": "system/sold",
        "transaction": transaction.pk,
    }
    for pattern in ledger.urls.desk:
        assert isinstance(pattern, URLPattern)
        kwargs = {name: named[name] for name in pattern.pattern.converters}
        yield reverse(str(pattern.name), kwargs=kwargs)


def site_pages() -> list[str]:
    """Return the pages of the site itself, but for the one that ends the session."""
    apps = {model._meta.app_label for model in admin.site._registry}
    named = [reverse(f"admin:{name}") for name in SITE_PAGES]
    return [*named, *(reverse("admin:app_list", args=[app]) for app in apps)]


def digest() -> dict[str, str]:
    """Return a digest of every table's content."""
    tables = set(connection.introspection.table_names()) - MAY_GROW
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(tables):
            cursor.execute(
                f"SELECT count(*) || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
                f' FROM "{table}" AS t'
            )
            found[table] = cursor.fetchone()[0]
    return found


def whole_numbers() -> set[str]:
    """Return every whole phone number of the world that an auditor may come upon."""
    # Colleagues know each other's: they sign in with them.
    logins = User.objects.filter(is_staff=False).values_list("phone", flat=True)
    numbers = {phone.removeprefix("+86") for phone in logins}
    return {*numbers, *Number.objects.values_list("msisdn", flat=True), LOCKED_TO}


def test_an_auditor_sees_every_page_and_no_whole_number(auditor: Client, world: World) -> None:
    numbers = whole_numbers()
    assert len(numbers) > 3
    seen = 0
    for _model, name, url, is_there in model_pages():
        answer = auditor.get(url)
        if name.endswith(CHANGING):
            assert answer.status_code == 403, (name, answer.status_code)
            continue
        must = name.endswith("_changelist") or (is_there and name.endswith(SHOWING))
        wanted = {200} if must else {200, 302, 403, 404, 405}
        assert answer.status_code in wanted, (name, url, answer.status_code)
        assert [each for each in numbers if each in answer.content.decode()] == [], (name, url)
        seen += must
    assert seen > 2 * len(admin.site._registry)


def test_the_desk_shows_whole_numbers_in_one_place(auditor: Client, world: World) -> None:
    numbers = whole_numbers()
    auditor.post(reverse("audit_reason", args=["holder", world.me.pk]), {"reason": "because"})
    personal = reverse("audit_personal", args=["holder", world.me.pk])
    mine = world.me.numbers.values_list("msisdn", flat=True)
    for url in [*site_pages(), *desk_pages(world)]:
        answer = auditor.get(url)
        assert answer.status_code in {200, 302, 409}, (url, answer.status_code)
        told = {number for number in numbers if number in answer.content.decode(errors="replace")}
        assert told == (set(mine) if url == personal else set()), url


def test_an_auditor_changes_nothing(auditor: Client, world: World) -> None:
    before = digest()
    for model, name, url, _is_there in model_pages():
        key = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
        actions = admin.site._registry[model].actions or ()
        is_list = name.endswith("_changelist")
        for action in ("delete_selected", *actions) if is_list else ("",):
            body = {"action": action, "_selected_action": [str(key)], **BODY}
            answer = auditor.post(url, body)
            assert answer.status_code < 500, (name, url, answer.content[-500:])
            if name.endswith((*CHANGING, "_change", "_answer")):
                assert answer.status_code in {403, 404}, (name, answer.status_code)
    for url in [*site_pages(), *desk_pages(world)]:
        assert auditor.post(url, BODY).status_code < 500, url
    assert digest() == before


@pytest.mark.parametrize("group", ["auditor", "service desk"])
def test_groups_read_every_table(db: None, group: str) -> None:
    from django.contrib.auth.models import Permission

    has = set(Group.objects.get(name=group).permissions.values_list("codename", flat=True))
    every = Permission.objects.values_list("codename", flat=True)
    assert {name for name in every if name.startswith("view_")} <= has
    assert {name for name in has if not name.startswith("view_")} == (
        {"make_look"}
        if group == "auditor"
        else {"make_look", "answer_case", "add_loginchange", "decide_loginchange"}
    )
