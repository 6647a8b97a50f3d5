"""A batch writes its many new accounts as it leaves them, as one posting after another would."""

from datetime import datetime
from uuid import uuid4

import psycopg
import pytest
from django.db import transaction

from ledger import refusals
from ledger.models import Account, Balance, Entry
from ledger.operations import open_months, post, post_batch
from ledger.proofs.proofs import PROOFS
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from ledger.rules import Posting
from tests import servers
from tests.ledger.worlds import ISSUER, a_posting, coins, main_of
from tests.races.threads import in_thread
from tests.waiting import in_line

# What opens one account alone, in two statements.
OPEN = """
INSERT INTO ledger_account (id, address, asset, kind, tracked, organisation, stripes, opened_at)
SELECT public.ledger_account_id_v2(%(address)s, 'COIN'), %(address)s, 'COIN', k.name, k.tracked,
       k.organisation, k.stripes, %(at)s
FROM ledger_address_kind k WHERE k.name = 'holder main'
"""
OPEN_BALANCE = """
INSERT INTO ledger_balance_row (account_id, floor)
SELECT id, 0 FROM ledger_account WHERE address = %s
"""


@pytest.fixture
def months(now: datetime) -> None:
    open_months(now=now)


def _issued(*addresses: str, at: datetime) -> list[Posting]:
    return [a_posting(*coins(5, ISSUER, address), at=at) for address in addresses]


def _some_new() -> list[str]:
    return [main_of(uuid4()) for _ in range(9)]


@pytest.mark.django_db
def test_versions_and_balances_are_those_of_the_batchs_order(now: datetime, months: None) -> None:
    first, second, *others = _some_new()
    budget = f"campaign/{uuid4()}/budget"
    there = a_posting(*coins(3, first, second), at=now)
    back = a_posting(*coins(1, second, first), at=now)
    post_batch([*_issued(first, second, *others, budget, at=now), there, back])
    chain = Entry.objects.filter(account__address=first).order_by("id")
    assert list(chain.values_list("version", "amount", "balance_after")) == [
        (1, 5, 5),
        (2, -3, 2),
        (3, 1, 3),
    ]
    kept = Balance.objects.get(account__address=second)
    assert (kept.balance, kept.version) == (7, 3)
    assert [coins_in(address) for address in (*others, budget)] == [5] * 8
    # An account in stripes keeps no balance with its entries.
    assert Entry.objects.get(account__address=budget).balance_after is None
    post_batch(_issued(first, budget, at=now))
    assert (coins_in(first), coins_in(budget)) == (8, 10)
    assert [proof.name for proof in PROOFS if not finding_of(proof).is_clean] == []


@pytest.mark.django_db
def test_a_new_account_may_not_dip_on_the_way(now: datetime, months: None) -> None:
    short, *others = _some_new()
    out = a_posting(*coins(1, short, ISSUER), at=now)
    with pytest.raises(refusals.BalanceTooLow) as refused:
        post_batch([*_issued(*others, at=now), out, *_issued(short, at=now)])
    assert (refused.value.fields["address"], refused.value.fields["balance"]) == (short, 0)


@pytest.mark.django_db
def test_a_new_account_keeps_its_ceiling(now: datetime, months: None) -> None:
    debt = f"holder/{uuid4()}/debt"
    with pytest.raises(refusals.BalanceTooHigh) as refused:
        post_batch(_issued(*_some_new(), debt, at=now))
    assert refused.value.fields["address"] == debt


@pytest.mark.own_database
def test_another_opens_one_of_them_meanwhile(now: datetime, months: None) -> None:
    new = _some_new()
    with transaction.atomic():
        post(*_issued(new[4], at=now))
        batch = in_thread(lambda: post_batch(_issued(*new, at=now)))
        in_line(1)
    assert len(batch.result()) == 9
    assert [coins_in(address) for address in new] == [5] * 4 + [10] + [5] * 4
    assert Account.objects.filter(address__in=new).count() == 9
    assert [proof.name for proof in PROOFS if not finding_of(proof).is_clean] == []


@pytest.mark.own_database
def test_one_is_waited_for_before_any_balance_is_written(
    now: datetime, months: None, own_database: str
) -> None:
    new = _some_new()
    with psycopg.connect(servers.server_url(database=own_database)) as opener:
        opener.execute(OPEN, {"address": new[4], "at": now})
        batch = in_thread(lambda: post_batch(_issued(*new, at=now)))
        in_line(1)
        opener.execute(OPEN_BALANCE, [new[4]])
    assert len(batch.result()) == 9
    assert [coins_in(address) for address in new] == [5] * 9
    assert [proof.name for proof in PROOFS if not finding_of(proof).is_clean] == []
