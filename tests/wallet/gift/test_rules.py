"""Links cannot be guessed, days are Shanghai's, expiring goods expire with their month."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rules import SHANGHAI
from wallet.gift.rules import expiry_of, goods_word, received_of, token_of
from wallet.holders.rules import day_of, token_hash


@given(st.uuids(), st.uuids())
def test_a_token_is_128_bits_and_always_the_same(one: UUID, other: UUID) -> None:
    token = token_of(gift_id=one, key="k")
    assert len(token) == 22
    assert token == token_of(gift_id=one, key="k")
    assert token != token_of(gift_id=one, key="another")
    assert (token == token_of(gift_id=other, key="k")) == (one == other)
    assert token_hash(token) != token.encode()


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    start, end = day_of(datetime(2026, 11, 15, 16, 0, tzinfo=UTC))
    assert start == datetime(2026, 11, 16, tzinfo=SHANGHAI)
    assert end - start == timedelta(days=1)
    assert day_of(start - timedelta(microseconds=1))[1] == start


def test_expiring_goods_expire_with_their_month() -> None:
    late = datetime(2026, 11, 30, 12, tzinfo=SHANGHAI)
    december = datetime(2026, 12, 1, tzinfo=SHANGHAI)
    assert expiry_of(asset="DATA-CT-2026-11", now=late, hours=72) == december
    assert expiry_of(asset="COIN", now=late, hours=72) == late + timedelta(hours=72)
    early = datetime(2026, 11, 3, tzinfo=SHANGHAI)
    assert expiry_of(asset="VOUCHER-CT-2026-11", now=early, hours=72) == early + timedelta(hours=72)


@pytest.mark.parametrize(
    "asset,word",
    [
        ("COIN", "COIN"),
        ("DATA-CT-2026-11", "DATA"),
        ("VOUCHER-MV-2026-12", "VOUCHER"),
        ("SURPLUS-CU-2026-11", "SURPLUS"),
        ("CNY", None),
        ("DIRECT-app-CT-2026-11", None),
        ("DATA-CT-2026-13", None),
        ("DATA-CT-2026-11\n", None),
        ("", None),
        (str(uuid4()), None),
    ],
)
def test_what_can_be_given(asset: str, word: str | None) -> None:
    assert goods_word(asset) == word


def test_own_data_arrives_as_data() -> None:
    assert received_of("SURPLUS-CT-2026-11") == "DATA-CT-2026-11"
    assert received_of("VOUCHER-CT-2026-11") == "VOUCHER-CT-2026-11"
    assert received_of("COIN") == "COIN"
