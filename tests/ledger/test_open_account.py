"""Opening an account ahead of its first posting."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection

from ledger.models import Account, Balance
from ledger.operations import open_months, post, refusing
from ledger.queries import coins_in
from ledger.refusals import UnknownAddress
from ledger.rules import COIN, Posting, account_id, move

pytestmark = pytest.mark.django_db


def opens(address: str, now: datetime) -> None:
    with refusing(), connection.cursor() as cursor:
        cursor.execute("SELECT public.ledger_open_account_v1(%s, %s, %s)", [address, COIN, now])


def test_it_is_opened_once_and_a_posting_finds_it(now: datetime) -> None:
    open_months(now=now)
    address = f"holder/{uuid4()}/main"
    opens(address, now)
    opened = Account.objects.get(pk=account_id(address=address, asset=COIN))
    assert (str(opened.kind), opened.opened_at) == ("holder main", now)
    assert Balance.objects.get(pk=opened.pk).balance == 0
    legs = move(asset=COIN, amount=5, source="issuer/CT", target=address)
    post(Posting(id=uuid4(), kind="correction", at=now, actor="close", legs=legs))
    opens(address, now)
    assert coins_in(address) == 5
    assert Balance.objects.get(pk=opened.pk).version == 1


def test_an_address_of_no_kind_is_refused(now: datetime) -> None:
    with pytest.raises(UnknownAddress):
        opens("nobody/knows", now)


def test_accounts_of_a_kind_are_opened_without_holding_it(now: datetime) -> None:
    opens(f"holder/{uuid4()}/main", now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmax::text FROM ledger_address_kind WHERE name = 'holder main'")
        assert cursor.fetchone() == ("0",)
