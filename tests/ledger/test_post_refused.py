"""What a refused posting leaves behind: nothing."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection

from ledger import refusals
from ledger.models import Account, Transaction
from ledger.operations import open_months, post, post_batch, post_each
from ledger.queries import amount_at
from ledger.rules import COIN
from tests.ledger.worlds import ISSUER, a_posting, coins, main_of


def test_refusal_stores_nothing(own_database: str, now: datetime) -> None:
    open_months(now=now)
    refused = a_posting(*coins(1, main_of(uuid4()), ISSUER), at=now)
    with pytest.raises(refusals.BalanceTooLow):
        post(refused)
    assert not Transaction.objects.exists()
    assert not Account.objects.exists()
    assert amount_at(ISSUER, COIN) == 0


def test_refusals_of_many_store_nothing(own_database: str, now: datetime) -> None:
    open_months(now=now)
    short = a_posting(*coins(1, main_of(uuid4()), f"gift/{uuid4()}"), at=now)
    unknown = a_posting(*coins(1, ISSUER, "nowhere"), at=now)
    refused = post_each([short, unknown])
    assert isinstance(refused[0], refusals.BalanceTooLow)
    assert isinstance(refused[1], refusals.UnknownAddress)
    assert not Transaction.objects.exists()
    assert not Account.objects.exists()


def test_other_isolation_is_refused(own_database: str, now: datetime) -> None:
    open_months(now=now)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_isolation = 'repeatable read'")
    with pytest.raises(refusals.WrongIsolation):
        post(a_posting(*coins(1, ISSUER, main_of(uuid4())), at=now))


def test_posting_cannot_reverse_itself(own_database: str, now: datetime) -> None:
    open_months(now=now)
    good = a_posting(*coins(1, ISSUER, main_of(uuid4())), at=now)
    own = replace(good, id=uuid4())
    own = replace(own, reverses=own.id)
    for way in (lambda: post(own), lambda: post_batch([good, own]), lambda: post_each([good, own])):
        with pytest.raises(refusals.InvalidPosting):
            way()
    assert not Transaction.objects.exists()
