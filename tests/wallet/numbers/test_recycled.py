"""A recycled number brings nothing of its former holder; who is in doubt spends little."""

from datetime import timedelta
from uuid import uuid4

import pytest

from ledger.queries import amount_at, coins_in
from tests import given, given_packets
from tests.given_numbers import a_code, a_proved_number, assert_proofs_hold, taken_over
from tests.given_own_data import a_policy
from wallet.gift.operations import GiftLocked, claim_gift
from wallet.gift.queries import gifts_waiting_for
from wallet.holders.models import Holder, Number
from wallet.holders.operations import NotProved
from wallet.holders.queries import balances_of, main_of, user_with_phone
from wallet.numbers.operations import (
    NotDoubted,
    add_proved_number,
    disown_number,
    doubt_number,
    prove_numbers,
    recycle_number,
)
from wallet.numbers.queries import digits_of, history_of

pytestmark = pytest.mark.django_db

NOW = given.NOW


def doubted(coins: int = 1_000, tier: int = 1) -> Holder:
    """Return somebody whose number may have a new owner."""
    holder = given.a_holder(coins=coins, tier=tier)
    doubt_number(number=holder.numbers.get(), by="admin/x", reason="二次放号", now=NOW)
    return holder


def test_the_new_owner_of_a_number_gets_nothing_of_the_old() -> None:
    former = given.a_holder(coins=500)
    number = former.numbers.get()
    given.give_surplus(number, 200)
    meant = given.a_gift(locked_to=number.msisdn)
    owner = taken_over(number, now=NOW + timedelta(hours=1))
    assert owner != former
    held = balances_of(owner)
    assert (held.coins, held.goods, held.lines) == (0, [], [])
    assert list(gifts_waiting_for(owner, now=NOW + timedelta(hours=1))) == []
    with pytest.raises(GiftLocked):
        claim_gift(gift=meant, claimer=owner, now=NOW + timedelta(hours=1))
    assert coins_in(main_of(former)) == 500
    assert amount_at(main_of(former), "DATA-CT-2026-11") == 200
    assert user_with_phone(f"+86{number.msisdn}") == owner.user
    assert_proofs_hold()


def test_gifts_to_the_new_owner_are_its_own() -> None:
    later = NOW + timedelta(hours=1)
    owner = taken_over(given.a_holder().numbers.get())
    gift = given.a_gift(locked_to=owner.numbers.get().msisdn, now=later)
    assert list(gifts_waiting_for(owner, now=later)) == [gift]
    assert claim_gift(gift=gift, claimer=owner, now=later).claimer == owner


def test_the_former_holder_is_signed_out_and_signs_in_otherwise() -> None:
    former = given.a_holder()
    number, other = former.numbers.get(), a_proved_number(former)
    client = given.client_of(former)
    assert client.get("/api/v1/me").status_code == 200
    recycle_number(number=number, by="admin/x", reason="the carrier says so", now=NOW)
    assert client.get("/api/v1/me").status_code in {401, 403}
    assert former.user is not None
    former.user.refresh_from_db()
    assert former.user.phone == f"+86{other.msisdn}"


def test_a_holder_whose_only_number_went_has_no_login() -> None:
    former = given.a_holder()
    number = former.numbers.get()
    recycle_number(number=number, by="admin/x", reason="the carrier says so", now=NOW)
    again = recycle_number(number=number, by="admin/x", reason="twice", now=NOW)
    assert again.holder_id is None
    assert former.user is not None
    former.user.refresh_from_db()
    assert former.user.phone.startswith("lost-")
    assert former.user.phone_verified_at is None
    assert [event.kind for event in history_of(former)] == ["recycled", "added"]


@pytest.mark.parametrize("most", [100, 30])
def test_many_small_spends_are_one_large(most: int) -> None:
    a_policy("recycled_number.reverify_above_coins", most)
    holder = doubted()
    given.a_gift(sender=holder, coins=most - 10, now=NOW)
    given_packets.a_packet(sender=holder, coins=10, shares=1)
    for spend in (given.a_gift, given_packets.a_packet):
        with pytest.raises(NotProved) as refused:
            spend(sender=holder)
        assert refused.value.fields["coins_max"] == most
    prove_numbers(holder=holder, by="admin/x", now=NOW)
    given.a_gift(sender=holder, coins=most + 1, now=NOW)


def test_a_taken_over_number_is_in_doubt_until_its_owner_is_known() -> None:
    number = given.a_holder().numbers.get()
    owner = taken_over(number)
    mine = owner.numbers.get()
    assert mine.recycled_at == mine.doubted_at == NOW
    given.give_coins(owner, 500)
    with pytest.raises(NotProved):
        given.a_gift(sender=owner, coins=101)


def test_a_code_to_another_number_proves_the_holder() -> None:
    holder = doubted(tier=0)
    other = a_proved_number(holder)
    assert Number.objects.filter(holder=holder, doubted_at__isnull=False).count() == 1
    code = a_code(holder, msisdn=other.msisdn)
    add_proved_number(holder=holder, code=code, typed=digits_of(code), now=NOW)
    assert not Number.objects.filter(holder=holder, doubted_at__isnull=False).exists()


def test_a_code_to_the_doubted_number_proves_nothing() -> None:
    holder = doubted()
    code = a_code(holder, msisdn=holder.numbers.get().msisdn)
    add_proved_number(holder=holder, code=code, typed=digits_of(code), now=NOW)
    assert holder.numbers.get().doubted_at == NOW


def test_who_says_it_is_not_mine_leaves_the_wallet() -> None:
    holder = doubted()
    number = holder.numbers.get()
    disown_number(holder=holder, number=number, now=NOW)
    number.refresh_from_db()
    assert (number.holder, number.former) == (None, holder)
    sound = given.a_holder()
    with pytest.raises(NotDoubted):
        disown_number(holder=sound, number=sound.numbers.get(), now=NOW)


def test_a_key_is_no_way_round() -> None:
    holder = doubted()
    key = uuid4()
    from wallet.gift.operations import send_gift

    with pytest.raises(NotProved):
        send_gift(sender=holder, amount=101, key=key, now=NOW)
    assert coins_in(main_of(holder)) == 1_000
