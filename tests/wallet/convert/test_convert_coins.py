"""Coins are set aside once, and the number's carrier is instructed once."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.queries import coins_in
from ledger.refusals import KeyReused, Refusal
from ledger.registry import cause_of
from tests import given
from tests.wallet.convert.world import convert, reachable
from wallet.carriers.adaptors.wire import MB_MAX
from wallet.carriers.models import Carrier, Instruction
from wallet.carriers.rules import MsisdnUnreadable
from wallet.convert.models import Conversion
from wallet.convert.operations import CarrierDoesNotSell, CarrierUnknown
from wallet.convert.queries import carrier_of, conversions_of, set_aside_in_conversions
from wallet.holders.models import Holder, Number
from wallet.holders.operations import BadAmount, HolderFrozen, NotEnoughCoins, freeze_holder
from wallet.holders.queries import main_of
from wallet.policy.operations import set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_books")]

KEY = UUID(int=7)
CT_NUMBER = "13300001234"


@pytest.fixture
def holder() -> Holder:
    reachable("CT", "CU", "CM", "MV")
    return given.a_holder(coins=100)


def test_coins_wait_in_the_conversion(holder: Holder) -> None:
    row = convert(holder, msisdn="+86 133-0000-1234")
    assert (coins_in(main_of(holder)), coins_in(f"conversion/{row.pk}")) == (70, 30)
    assert (row.state, row.carrier_id, row.msisdn) == ("on_its_way", "CT", CT_NUMBER)
    [waiting] = set_aside_in_conversions(holder)
    assert (waiting.asset, waiting.amount) == ("COIN", 30)
    assert list(conversions_of(holder)) == [row]


def test_the_carrier_is_instructed_under_the_conversions_id(holder: Holder) -> None:
    row = convert(holder, msisdn=CT_NUMBER)
    asked = Instruction.objects.get()
    assert (asked.pk, asked.kind, asked.state) == (row.pk, "submit", "created")
    assert (asked.carrier_id, asked.msisdn, asked.mb) == ("CT", CT_NUMBER, 30)
    assert (asked.month, asked.next_at, asked.product) == (given.MONTH, given.NOW, "")


def test_same_key_moves_coins_once(holder: Holder) -> None:
    first = convert(holder, msisdn=CT_NUMBER, key=KEY)
    later = given.NOW + timedelta(days=40)
    assert convert(holder, msisdn=CT_NUMBER, key=KEY, now=later) == first
    assert coins_in(main_of(holder)) == 70
    assert Instruction.objects.count() == 1


@pytest.mark.parametrize("different", [{"coins": 31}, {"msisdn": "13300001235"}, {"carrier": "CU"}])
def test_same_key_names_one_conversion(holder: Holder, different: dict[str, Any]) -> None:
    convert(holder, msisdn=CT_NUMBER, key=KEY)
    with pytest.raises(KeyReused) as refused:
        convert(holder, **{"msisdn": CT_NUMBER, "key": KEY, **different})
    assert str(refused.value.fields["field"]).removeprefix("chosen_") in different


def test_two_holders_may_choose_one_key(holder: Holder) -> None:
    assert convert(holder, key=KEY) != convert(given.a_holder(coins=30), key=KEY)


@pytest.mark.parametrize(
    "different,refusal",
    [
        ({"coins": 0}, BadAmount),
        ({"coins": -5}, BadAmount),
        ({"coins": MB_MAX + 1}, BadAmount),
        ({"coins": 2**63}, BadAmount),
        ({"msisdn": "12345"}, MsisdnUnreadable),
        ({"msisdn": "+1 212 555 0100"}, MsisdnUnreadable),
        ({"carrier": "XX"}, CarrierUnknown),
        ({"carrier": "no carrier has such a long name"}, CarrierUnknown),
        ({"msisdn": "19200001234"}, CarrierUnknown),
        ({"coins": 101}, NotEnoughCoins),
    ],
)
def test_what_can_be_delivered_nowhere_is_refused(
    holder: Holder, different: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        convert(holder, **{"msisdn": CT_NUMBER, **different})
    assert coins_in(main_of(holder)) == 100
    assert not Conversion.objects.exists()
    assert not Instruction.objects.exists()


def test_a_frozen_holder_is_refused(holder: Holder) -> None:
    freeze_holder(holder=holder, now=given.NOW)
    with pytest.raises(HolderFrozen):
        convert(holder)


def test_a_carrier_that_does_not_sell_is_refused_from_then_on(holder: Holder) -> None:
    later = given.NOW + timedelta(hours=1)
    set_policy(
        key="carrier.sells",
        value=False,
        scope="CT",
        starts_at=later,
        set_by="test",
        reason="CT ended its contract.",
        now=given.NOW,
    )
    convert(holder)
    with pytest.raises(CarrierDoesNotSell):
        convert(holder, now=later)
    convert(holder, msisdn=given.an_msisdn(carrier="CU"), now=later)
    assert coins_in(main_of(holder)) == 40


def test_a_carrier_without_a_server_sells_nothing(holder: Holder) -> None:
    Carrier.objects.filter(pk="CT").update(base_url="")
    with pytest.raises(CarrierDoesNotSell):
        convert(holder)


def test_what_the_user_says_outranks_what_we_hold_and_that_the_prefix(holder: Holder) -> None:
    number = holder.numbers.get()
    Number.objects.filter(pk=number.pk).update(carrier="CU")
    assert carrier_of(msisdn=given.an_msisdn()).carrier == "CT"
    assert carrier_of(msisdn=number.msisdn).carrier == "CU"
    said = convert(holder, msisdn=number.msisdn, carrier="CM")
    held = convert(holder, msisdn=number.msisdn)
    assert (said.carrier_id, said.instruction.carrier_id) == ("CM", "CM")
    assert (held.carrier_id, held.instruction.carrier_id) == ("CU", "CU")


def test_an_auditor_reads_what_an_address_is(holder: Holder) -> None:
    row = convert(holder, msisdn=CT_NUMBER)
    found = cause_of(f"conversion/{row.pk}")
    assert found is not None
    assert (found.title, found.facts["状态"]) == ("30 枚币换流量", "在途")
    assert CT_NUMBER not in str(found.facts)
    assert cause_of(f"conversion/{uuid4()}") is None
