"""Opening an account ahead of its first posting."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from ledger.models import Account, Balance
from ledger.operations import open_months, post, post_batch, refusing
from ledger.queries import amount_at, coins_in
from ledger.refusals import UnknownAddress
from ledger.rules import COIN, Posting, account_id, move
from tests.ledger.seals.tampering import as_owner

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


# What stands where an id may: ids, nearly ids, and what no id is.
NAMED = (
    *(str(UUID(int=n * 7**40)) for n in range(3)),
    *("-" * 36, "f" * 36, "f" * 35, "f" * 37, "F" * 36, "g" * 36, "", "CT", "\\d"),
)
ENDINGS = ("", "/", "/main", "/main\n", "/debt", "/budget", "/proceeds/2026-11", "/fees/2026-13")
WORDS = ("holder", "gift", "campaign", "carrier", "issuer", "system", "odd", "nobody", "")
ODD = (
    ("odd one", "^odd/[0-9a-f-]{36}/main$"),
    ("odd two", "^odd/[0-9a-f-]{36}|^odd/(f+)$"),
    ("odd three", r"^odd/([0-9a-f-]{36})/\1$"),
    ("gift odd", "^gift/f{36}/main$"),
)


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("more", [(), ODD], ids=["the chart's", "odd ones besides"])
def test_many_addresses_have_the_kind_whose_pattern_each_fits(
    more: tuple[tuple[str, str], ...],
) -> None:
    addresses = [f"{word}/{name}{end}" for word in WORDS for name in NAMED for end in ENDINGS]
    addresses += [f"odd/{'f' * 36}/{'f' * 36}", f"odd/{'f' * 36}/{'0' * 36}", "system/sold"]
    with transaction.atomic(using="owner"), as_owner() as cursor:
        cursor.executemany(
            "INSERT INTO ledger_address_kind VALUES (%s, %s, NULL, NULL, false, true)", more
        )
        cursor.execute(
            "SELECT k.address, k.kind, array(SELECT p.name FROM ledger_address_kind p"
            "                               WHERE k.address ~ p.pattern ORDER BY 1)"
            " FROM ledger_kinds_of_v1(%s::uuid[], %s, %s::text[]) AS k",
            [[uuid4() for _ in addresses], addresses, [COIN for _ in addresses]],
        )
        found = cursor.fetchall()
        transaction.set_rollback(True, using="owner")
    assert sorted(address for address, _, _ in found) == sorted(addresses)
    assert [one for one in found if one[1] != (one[2][0] if one[2] else None)] == []
    assert {len(kinds) for _, _, kinds in found} >= {0, 1}


def test_accounts_there_and_new_ones_of_all_makes_are_posted_to_together(now: datetime) -> None:
    open_months(now=now)
    old, new = ([f"holder/{uuid4()}/main" for _ in range(9)] for _ in range(2))
    striped = [f"campaign/{uuid4()}/budget" for _ in range(2)]
    opens(old[0], now)
    post_batch(_issued(*old[1:], striped[0], now=now))
    everywhere = [*old, *new, *striped]
    post_batch(_issued(*everywhere, *everywhere, now=now))
    assert [coins_in(address) for address in old] == [10] + [15] * 8
    assert [coins_in(address) for address in new] == [10] * 9
    assert [coins_in(address) for address in striped] == [15, 10]
    assert amount_at("issuer/CT", COIN) == -5 * (9 + 2 * len(everywhere))
