"""C23: a number's carrier is looked up per order, can be overridden, and a ported one is served."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests import given
from tests.wallet.convert.world import (
    broken_proofs,
    carriers,
    convert,
    listed,
    ported_to,
    reachable,
)
from wallet.carriers.models import Carrier, Instruction
from wallet.carriers.queries import carrier_by_prefix, last_word_on
from wallet.convert.models import Conversion
from wallet.convert.queries import carrier_of
from wallet.holders.models import Holder, Number

pytestmark = pytest.mark.django_db

CODES = ("CT", "CU", "CM", "MV")


@pytest.fixture
def holder() -> Holder:
    return given.a_holder(coins=400)


def known(msisdn: str, *, chosen: str = "") -> tuple[str, str]:
    found = carrier_of(msisdn=msisdn, chosen=chosen)
    return found.carrier, found.quality


@pytest.mark.parametrize("code", CODES)
def test_each_carriers_numbers_are_known_by_their_prefix_until_a_carrier_speaks(
    holder: Holder, code: str
) -> None:
    number = given.an_msisdn(carrier=code)
    assert known(number) == (code, "prefix")
    options: Any = {code: []}
    with carriers(**options) as world:
        row = convert(holder, msisdn=number)
        assert (row.carrier_id, row.known_by) == (code, "prefix")
        world.serve()
        again = convert(holder, msisdn=number)
    assert (again.carrier_id, again.known_by) == (code, "carrier")


@pytest.mark.parametrize(("left", "now_with"), [("CT", "CU"), ("CU", "CM"), ("CM", "CT")])
def test_a_ported_number_is_delivered_right_and_the_next_order_goes_straight_there(
    holder: Holder, tmp_path: Path, left: str, now_with: str
) -> None:
    number = given.an_msisdn(carrier=left)
    here = ported_to(now_with, number, folder=tmp_path)
    options: Any = {left: here, now_with: here}
    with carriers(**options) as world:
        row = convert(holder, msisdn=number)
        world.serve(left)
        world.serve(now_with)
        row.refresh_from_db()
        assert (row.state, row.carrier_id, row.known_by) == ("delivered", now_with, "carrier")
        # It was submitted twice, and delivered once: by the carrier the number is with.
        assert listed(world, carrier=left) == {}
        assert list(listed(world, carrier=now_with).values()) == [[30]]
        again = convert(holder, msisdn=number)
        world.serve(now_with)
        again.refresh_from_db()
    assert (again.state, again.redetected) == ("delivered", False)
    assert broken_proofs() == []
    assert Instruction.objects.count() == 3


def test_the_user_overrides_what_we_take_it_to_be(holder: Holder, tmp_path: Path) -> None:
    number = given.an_msisdn(carrier="CT")
    assert known(number, chosen="CM") == ("CM", "user")
    with carriers(CT=[], CM=ported_to("CM", number, folder=tmp_path)) as world:
        row = convert(holder, msisdn=number, carrier="CM")
        assert row.known_by == "user"
        world.serve()
        assert list(listed(world, carrier="CM").values()) == [[30]]
    assert Conversion.objects.get().state == "delivered"


def decided(msisdn: str, *, carrier: str, said: str = "", reason: str = "", hours: int = 0) -> None:
    """Have a carrier have spoken of a number some hours ago or from now."""
    Instruction.objects.create(
        id=uuid4(),
        carrier_id=carrier,
        kind="submit",
        msisdn=msisdn,
        mb=1,
        month=given.MONTH,
        state="failed" if reason else "delivered",
        reason=reason,
        present_carrier=said,
        next_at=given.NOW,
        created_at=given.NOW,
        decided_at=given.NOW + timedelta(hours=hours),
    )


def test_the_last_word_counts() -> None:
    number = given.an_msisdn(carrier="CT")
    assert last_word_on(number) is None
    decided(number, carrier="CT")
    decided(number, carrier="CT", said="CU", reason="ported", hours=1)
    assert known(number) == ("CU", "carrier")
    decided(number, carrier="CU", reason="does_not_sell", hours=2)
    assert known(number) == ("CU", "carrier")
    decided(number, carrier="CU", reason="not_a_subscriber", hours=3)
    assert known(number) == ("CT", "prefix")


def test_a_number_we_hold_is_known_as_its_holder_said_until_a_carrier_says_otherwise() -> None:
    holder = given.a_holder()
    number = holder.numbers.get()
    decided(number.msisdn, carrier="CM", hours=-2)
    assert known(number.msisdn) == ("CM", "carrier")
    Number.objects.filter(pk=number.pk).update(carrier="CU", quality="user")
    assert known(number.msisdn) == ("CU", "user")
    decided(number.msisdn, carrier="CM", hours=2)
    assert known(number.msisdn) == ("CM", "carrier")


def test_a_carriers_row_may_claim_beginnings_of_numbers() -> None:
    assert carrier_by_prefix("17121234567") == "MV"
    Carrier.objects.create(code="NN", name_zh="新", name_en="New", prefixes="1712 1713")
    assert carrier_by_prefix("17121234567") == "NN"
    assert carrier_by_prefix("17101234567") == "MV"
    assert carrier_by_prefix("12345678901") == ""


def test_the_hint_says_how_it_is_known(holder: Holder) -> None:
    reachable("CT", "CU")
    number = given.an_msisdn(carrier="CT")
    client = given.client_of(holder)
    hint = f"/convert/carrier/?msisdn={number}"
    assert "我们认为这个号码是中国电信的" in client.get(hint).content.decode()
    decided(number, carrier="CT", said="CU", reason="ported")
    assert "按运营商最近一次的答复，这个号码是中国联通的" in client.get(hint).content.decode()
