"""C7: three carriers and a virtual one in one flow; a fifth joins by rows; one down delays none."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ledger.queries import amount_at, coins_in
from tests import given
from tests.carrying import attest
from tests.wallet.convert.world import broken_proofs, carriers, convert, deliver
from wallet.carriers.adaptors.choice import adaptor_for
from wallet.carriers.models import Carrier, Instruction
from wallet.carriers.reconciliation.operations import reconcile_days
from wallet.convert.models import Conversion
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits
from wallet.rollover.operations.take_backs import settle_take_backs, take_back
from wallet.rollover.rules import surplus_asset

pytestmark = [pytest.mark.django_db]

DAY = given.NOW.date()
NEW = "NN"
NEW_NUMBER = "17128888888"
USAGE_HEADER = "msisdn,carrier,province,month,package,kind,allowance_mb,used_mb,as_of,final\n"


def test_coins_become_data_on_three_carriers_and_a_virtual_one_while_one_is_down() -> None:
    holder = given.a_holder(coins=100)
    with carriers(CM=["--down"], CT=[], CU=[], MV=[]) as world:
        for code in ("CT", "CU", "CM", "MV"):
            convert(holder, coins=10, msisdn=given.an_msisdn(carrier=code))
        world.serve()
        states = dict(Conversion.objects.values_list("carrier", "state"))
        assert states == dict.fromkeys(("CT", "CU", "MV"), "delivered") | {"CM": "on_its_way"}
        world.read_final_statements()
        rows = [
            row
            for code in ("CT", "CU", "MV")
            for row in reconcile_days(carrier=code, days=[DAY], now=world.now)
        ]
    assert {row.state for row in rows} == {"agrees"}
    assert broken_proofs() == []


def a_fifth_carrier(folder: Path) -> list[str]:
    """Let a carrier join by its row; return its server's options."""
    Carrier.objects.create(
        code=NEW, name_zh="新移动", name_en="New Mobile", is_virtual=True, prefixes="1712"
    )
    usage = folder / "usage.csv"
    line = f"{NEW_NUMBER},{NEW},广东,2026-11,{given.PACKAGE},national,2048,548,2026-11-10,0\n"
    usage.write_text(USAGE_HEADER + line)
    return ["--usage", str(usage), "--prefix", "1712"]


def test_a_fifth_carrier_joins_by_rows_alone_and_passes_a_whole_flow(tmp_path: Path) -> None:
    options = a_fifth_carrier(tmp_path)
    holder = given.a_holder(coins=50)
    number = given.a_number(holder, msisdn=NEW_NUMBER, carrier=NEW)
    number.carrier_id = NEW
    number.save(update_fields=["carrier"])
    attest(number)
    with carriers(NN=options) as world:
        assert adaptor_for(carrier=Carrier.objects.get(pk=NEW)) is not None
        asked: dict[str, Any] = {"holder": holder, "number": number, "package": given.PACKAGE}
        deposit_surplus(**asked, mb=500, key=uuid4(), now=world.now)
        world.serve()
        settle_deposits(now=world.now)
        take_back(**asked, mb=200, key=uuid4(), now=world.now)
        converted = convert(holder, coins=30, msisdn=NEW_NUMBER)
        data = given.give_data(holder, 40, carrier=NEW)
        deliver(holder, asset=data, mb=40, msisdn=NEW_NUMBER)
        world.serve()
        settle_take_backs(now=world.now)
        assert Instruction.objects.filter(carrier=NEW, state="delivered").count() == 4
        (left,) = [
            one.remaining_mb
            for one in world.adaptors[NEW].remainder(msisdn=NEW_NUMBER, month=given.MONTH)
            if one.package == given.PACKAGE
        ]
        assert left == 1500 - 300
        world.read_final_statements()
        (row,) = reconcile_days(carrier=NEW, days=[DAY], now=world.now)
    assert converted.carrier_id == NEW
    surplus = surplus_asset(carrier=NEW, month=given.MONTH)
    assert amount_at(f"line/{number.pk}/{given.PACKAGE}", surplus) == 300
    assert coins_in(f"carrier/{NEW}/payable") == 30
    assert (row.state, row.lines, row.booked) == ("agrees", 4, 4)
    assert broken_proofs() == []
