"""Data and vouchers are set aside once, for a number of their carrier."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.queries import amount_at
from ledger.refusals import AssetExpired, KeyReused, Refusal
from ledger.rules import month_after
from tests import given
from tests.wallet.convert.world import deliver, reachable
from wallet.carriers.adaptors.wire import MB_MAX
from wallet.carriers.models import Instruction
from wallet.carriers.rules import MsisdnUnreadable
from wallet.convert.models import DataDelivery
from wallet.convert.operations import NotDeliverable, WrongCarrier
from wallet.convert.queries import cause_of_data_delivery, set_aside_in_deliveries
from wallet.holders.models import Holder
from wallet.holders.operations import BadAmount, HolderFrozen, NotEnoughData, freeze_holder
from wallet.holders.queries import main_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_books")]

KEY = UUID(int=7)
DATA = "DATA-CT-2026-11"
CT_NUMBER = "13300001234"


@pytest.fixture
def holder() -> Holder:
    reachable("CT", "CU", "CM", "MV")
    holder = given.a_holder(coins=100)
    given.give_data(holder, 100)
    return holder


def test_data_waits_in_the_delivery(holder: Holder) -> None:
    row = deliver(holder, asset=DATA, msisdn="+86 133-0000-1234")
    assert (amount_at(main_of(holder), DATA), amount_at(f"delivery/{row.pk}", DATA)) == (70, 30)
    assert (row.state, row.msisdn) == ("on_its_way", CT_NUMBER)
    asked = row.instruction
    assert (asked.pk, asked.kind, asked.carrier_id) == (row.pk, "submit", "CT")
    assert (asked.mb, asked.month, asked.product) == (30, given.MONTH, "")
    [waiting] = set_aside_in_deliveries(holder)
    assert (waiting.asset, waiting.amount) == (DATA, 30)


def test_a_voucher_of_next_month_is_delivered_for_next_month(holder: Holder) -> None:
    december = month_after(given.MONTH)
    voucher = given.give_data(holder, 50, goods="VOUCHER", month=december)
    assert deliver(holder, asset=voucher).instruction.month == december


def test_directed_data_is_asked_for_as_its_apps(holder: Holder) -> None:
    directed = given.give_data(holder, 50, goods="DIRECT-tv")
    assert deliver(holder, asset=directed).instruction.product == "tv"


def test_same_key_moves_data_once(holder: Holder) -> None:
    first = deliver(holder, asset=DATA, msisdn=CT_NUMBER, key=KEY)
    later = given.NOW + timedelta(days=40)
    assert deliver(holder, asset=DATA, msisdn=CT_NUMBER, key=KEY, now=later) == first
    assert amount_at(main_of(holder), DATA) == 70


@pytest.mark.parametrize(
    "different", [{"mb": 31}, {"msisdn": "13300001235"}, {"asset": "VOUCHER-CT-2026-11"}]
)
def test_same_key_names_one_delivery(holder: Holder, different: dict[str, Any]) -> None:
    deliver(holder, asset=DATA, msisdn=CT_NUMBER, key=KEY)
    with pytest.raises(KeyReused) as refused:
        deliver(holder, **{"asset": DATA, "msisdn": CT_NUMBER, "key": KEY, **different})
    assert refused.value.fields["field"] in different


@pytest.mark.parametrize(
    "different,refusal",
    [
        ({"mb": 0}, BadAmount),
        ({"mb": -5}, BadAmount),
        ({"mb": MB_MAX + 1}, BadAmount),
        ({"mb": 2**63}, BadAmount),
        ({"msisdn": "12345"}, MsisdnUnreadable),
        ({"asset": "COIN"}, NotDeliverable),
        ({"asset": "SURPLUS-CT-2026-11"}, NotDeliverable),
        ({"asset": "what is this"}, NotDeliverable),
        ({"asset": "DATA-CT-2026-10"}, AssetExpired),
        ({"mb": 101}, NotEnoughData),
        ({"asset": "VOUCHER-CT-2026-11"}, NotEnoughData),
        ({"msisdn": "13000001234"}, WrongCarrier),
        ({"carrier": "CU"}, WrongCarrier),
    ],
)
def test_what_can_be_delivered_nowhere_is_refused(
    holder: Holder, different: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        deliver(holder, **{"asset": DATA, "msisdn": CT_NUMBER, **different})
    assert amount_at(main_of(holder), DATA) == 100
    assert not DataDelivery.objects.exists()
    assert not Instruction.objects.exists()


def test_a_ported_number_is_its_users_word(holder: Holder) -> None:
    row = deliver(holder, asset=DATA, msisdn=given.an_msisdn(carrier="CU"), carrier="CT")
    assert row.instruction.carrier_id == "CT"


def test_a_frozen_holder_is_refused(holder: Holder) -> None:
    freeze_holder(holder=holder, now=given.NOW)
    with pytest.raises(HolderFrozen):
        deliver(holder, asset=DATA)


def test_an_auditor_reads_what_an_address_is(holder: Holder) -> None:
    row = deliver(holder, asset=DATA, msisdn=CT_NUMBER)
    found = cause_of_data_delivery(f"delivery/{row.pk}")
    assert found is not None
    assert found.title == f"30 MB {DATA} 送到号码"
    assert CT_NUMBER not in str(found.facts)
    assert cause_of_data_delivery(f"delivery/{uuid4()}") is None
