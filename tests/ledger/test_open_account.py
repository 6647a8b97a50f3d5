"""Opening an account ahead of its first posting."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection

from ledger.models import Account, Balance
from ledger.operations import open_months, post, post_batch, refusing
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


def _issued(*addresses: str, now: datetime) -> list[Posting]:
    return [
        Posting(
            id=uuid4(),
            kind="correction",
            at=now,
            actor="test",
            legs=move(asset=COIN, amount=5, source="issuer/CT", target=address),
        )
        for address in addresses
    ]


def test_many_are_opened_each_by_its_kind(now: datetime) -> None:
    open_months(now=now)
    holders = [f"holder/{uuid4()}/main" for _ in range(9)]
    gifts = [f"gift/{uuid4()}" for _ in range(3)]
    campaign = f"campaign/{uuid4()}/budget"
    post_batch(_issued(*holders, *gifts, campaign, now=now))
    kinds = Account.objects.exclude(address="issuer/CT").values_list("address", "kind")
    assert dict(kinds) == {
        **dict.fromkeys(holders, "holder main"),
        **dict.fromkeys(gifts, "gift"),
        campaign: "campaign budget",
    }
    assert {coins_in(address) for address in (*holders, *gifts, campaign)} == {5}


@pytest.mark.parametrize("unknown", ["nobody/knows", "holder/nobody/main", "gift/", "", "/"])
def test_an_address_of_no_kind_among_many_is_named(unknown: str, now: datetime) -> None:
    open_months(now=now)
    holders = [f"holder/{uuid4()}/main" for _ in range(9)]
    with pytest.raises(UnknownAddress) as refused:
        post_batch(_issued(*holders, unknown, now=now))
    assert refused.value.fields == {"address": unknown}


def test_accounts_of_a_kind_are_opened_without_holding_it(now: datetime) -> None:
    opens(f"holder/{uuid4()}/main", now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmax::text FROM ledger_address_kind WHERE name = 'holder main'")
        assert cursor.fetchone() == ("0",)
