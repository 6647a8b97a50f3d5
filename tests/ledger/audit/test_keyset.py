"""Long lists: pages follow each other without gap, and nothing counts or skips rows."""

import re
from datetime import datetime
from html import unescape
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger.audit.admin import AccountAdmin, LookAdmin, ReadOnlyAdmin, TransactionAdmin
from ledger.models import Account, Transaction
from ledger.operations import open_months, post
from tests.ledger.worlds import a_holder_with, a_posting, coins, main_of
from wallet.holders.models import User

pytestmark = pytest.mark.django_db

NEXT = re.compile(r'rel="next" href="([^"]+)"')
ROW = re.compile(r"/admin/ledger/(?:transaction|account)/([0-9a-f-]{36})/change/")
COUNTS = re.compile(r'AS "__count"|\bOFFSET\b')


@pytest.fixture
def staff(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Client:
    open_months(now=now)
    for of_model in (AccountAdmin, TransactionAdmin, LookAdmin):
        monkeypatch.setattr(of_model, "list_per_page", 3)
    client = Client()
    client.force_login(User.objects.create_superuser("+8613900000001"))
    return client


def pages_of(client: Client, name: str, **query: str) -> list[list[str]]:
    """Return the keys on each page of a list, from the first to the last."""
    url = reverse(f"admin:ledger_{name}_changelist")
    pages = []
    answer = client.get(url, query)
    while True:
        shown = answer.content.decode()
        pages.append(list(dict.fromkeys(ROW.findall(shown))))
        found = NEXT.search(shown)
        if found is None:
            return pages
        assert len(pages) < 50
        answer = client.get(url + unescape(found[1]))


def test_pages_of_transactions_follow_each_other(staff: Client, now: datetime) -> None:
    holder = a_holder_with(1, at=now)
    for _ in range(9):  # in one transaction of the server: the id tells them apart
        post(a_posting(*coins(1, "issuer/CT", main_of(holder)), at=now))
    pages = pages_of(staff, "transaction")
    assert [len(page) for page in pages] == [3, 3, 3, 1]
    newest = Transaction.objects.order_by("-epoch", "-xid", "-id").values_list("pk", flat=True)
    assert [key for page in pages for key in page] == [str(key) for key in newest]


def test_filters_hold_on_every_page(staff: Client, now: datetime) -> None:
    holder = a_holder_with(9, at=now)
    for _ in range(4):
        legs = coins(1, main_of(holder), f"gift/{uuid4()}")
        post(a_posting(*legs, at=now, kind="gift_send"))
    pages = pages_of(staff, "transaction", kind="gift_send", month="2026-11")
    assert [len(page) for page in pages] == [3, 1]
    assert pages_of(staff, "transaction", kind="gift_send", month="2026-12") == [[]]


@pytest.mark.parametrize("query", ["", "holder/", "holder/0000-no-such"])
def test_pages_of_accounts_follow_each_other(staff: Client, now: datetime, query: str) -> None:
    for _ in range(7):
        a_holder_with(1, at=now)
    found = [key for page in pages_of(staff, "account", q=query) for key in page]
    wanted = Account.objects.filter(address__startswith=query).values_list("pk", flat=True)
    assert sorted(found) == sorted(str(key) for key in wanted)


@pytest.mark.parametrize("below", ["x", "[]", '["a","b","c"]', "[null,null,null]", '{"a":1}', "7"])
def test_a_strange_place_is_the_first_page(staff: Client, now: datetime, below: str) -> None:
    a_holder_with(1, at=now)
    newest = str(Transaction.objects.get().pk)
    answer = staff.get(reverse("admin:ledger_transaction_changelist"), {"below": below})
    assert newest in answer.content.decode()


def test_no_list_counts(staff: Client, now: datetime) -> None:
    a_holder_with(1, at=now)
    lists = [one for one in admin.site._registry.values() if isinstance(one, ReadOnlyAdmin)]
    assert len(lists) > 15
    for of_model in lists:
        meta = of_model.model._meta
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        with CaptureQueriesContext(connection) as asked:
            assert staff.get(url).status_code == 200
        counting = [query["sql"] for query in asked if COUNTS.search(query["sql"])]
        assert counting == [], url


def test_a_page_of_transactions_is_read_from_the_index(staff: Client, now: datetime) -> None:
    with CaptureQueriesContext(connection) as asked:
        staff.get(
            reverse("admin:ledger_transaction_changelist"),
            {"below": f'[1, {2**40}, "{uuid4()}"]'},
        )
    (sql,) = [query["sql"] for query in asked if 'FROM "ledger_transaction"' in query["sql"]]
    assert "LIMIT 4" in sql
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table is small
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan Backward using ledger_transaction_commit" in plan
    assert "Disabled" not in plan.split("Incremental Sort")[-1]
