"""What carriers decide is posted once: delivered, given back, or asked of the right carrier."""

from datetime import datetime
from pathlib import Path

import pytest

from ledger.models import Transaction
from ledger.queries import amount_at, coins_in
from tests import given
from tests.wallet.convert.world import (
    carriers,
    convert,
    deliver,
    listed,
    ported_to,
    reachable,
)
from wallet.carriers.models import Break, Instruction
from wallet.convert.models import Conversion
from wallet.convert.operations import settle_conversions, settle_data_deliveries
from wallet.convert.tasks import settle
from wallet.holders.models import Holder, Notice
from wallet.holders.queries import main_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_books")]

# Applied, and then the line drops at once: nobody was told.
SILENT = ["--timeout-after-apply", "1", "--hang-ms", "0"]


@pytest.fixture
def holder() -> Holder:
    return given.a_holder(coins=100)


def told(holder: Holder) -> list[tuple[str, object]]:
    """Return what the holder was told: kind and the carrier's reason."""
    lines = Notice.objects.filter(holder=holder).order_by("at", "id")
    return [(line.kind, line.facts["reason"]) for line in lines]


def places(row: Conversion) -> tuple[int, int, int]:
    """Return the coins with the holder, in the conversion, and owed to its carrier."""
    row.refresh_from_db()
    payable = coins_in(f"carrier/{row.carrier_id}/payable")
    return coins_in(main_of(row.holder)), coins_in(f"conversion/{row.pk}"), payable


def test_delivered_is_owed_to_the_carrier(holder: Holder) -> None:
    with carriers(CT=[]) as world:
        row = convert(holder)
        assert places(row) == (70, 30, 0)
        world.serve()
        assert places(row) == (70, 0, 30)
        assert listed(world) == {str(row.pk): [30]}
    assert (row.state, row.ended_at) == ("delivered", given.NOW)
    assert told(holder) == [("convert_delivered", "")]


def test_refused_comes_back_once(holder: Holder) -> None:
    with carriers(CT=["--does-not-sell"]) as world:
        row = convert(holder)
        world.serve()
        assert places(row) == (100, 0, 0)
        world.wait(seconds=60)
        world.serve()
        world.read_final_statements()
    assert places(row) == (100, 0, 0)
    assert row.state == "refunded"
    assert told(holder) == [("convert_refunded", "does_not_sell")]
    assert Transaction.objects.filter(kind="convert_refunded").count() == 1


def test_posted_once_however_often_it_is_swept(holder: Holder) -> None:
    with carriers(CT=[]) as world:
        convert(holder)
        convert(holder)
        world.serve()
    assert settle_conversions(now=given.NOW) == 0
    settle()
    assert Transaction.objects.filter(kind="convert_delivered").count() == 2


def test_a_sweep_takes_no_more_than_its_limit(holder: Holder) -> None:
    with carriers(CT=["--does-not-sell"]) as world:
        rows = [convert(holder, coins=10) for _ in range(3)]
        Instruction.objects.update(state="failed", decided_at=world.now)
    assert settle_conversions(now=given.NOW, limit=2) == 2
    assert settle_conversions(now=given.NOW, limit=2) == 1
    assert [places(row)[0] for row in rows] == [100] * 3


def test_applied_but_unanswered_is_found_by_status(holder: Holder) -> None:
    with carriers(CT=SILENT) as world:
        row = convert(holder)
        world.serve()
        assert places(row) == (70, 30, 0)
        row.instruction.refresh_from_db()
        assert row.instruction.state == "unknown"
        world.wait(seconds=5)
        world.serve()
        assert listed(world) == {str(row.pk): [30]}
    assert places(row) == (70, 0, 30)


def test_applied_but_unanswered_is_found_by_its_statement(holder: Holder) -> None:
    with carriers(CT=SILENT) as world:
        row = convert(holder)
        world.serve()
        world.read_final_statements()
    assert places(row) == (70, 0, 30)
    assert not Break.objects.exists()


def test_absent_from_two_final_statements_comes_back(holder: Holder) -> None:
    with carriers(CT=["--down"]) as world:
        row = convert(holder)
        world.serve()
        world.read_final_statements()
        # Its statements cannot be had, so nothing is proved.
        assert places(row) == (70, 30, 0)
    with carriers(at=world.now, CT=[]) as world:
        world.read_final_statements()
    assert places(row) == (100, 0, 0)
    assert told(holder) == [("convert_refunded", "not_listed")]


def test_what_never_left_waits_and_is_delivered_later(holder: Holder) -> None:
    with carriers(unlike={"CT": "http://127.0.0.1:1"}, CT=[]) as world:
        row = convert(holder)
        world.serve()
    assert places(row) == (70, 30, 0)
    with carriers(at=world.now, CT=[]) as world:
        world.wait(seconds=5)
        world.serve()
    assert places(row) == (70, 0, 30)


def test_a_ported_number_is_asked_of_its_carrier(holder: Holder, tmp_path: Path) -> None:
    number = given.an_msisdn()
    here = ported_to("CU", number, folder=tmp_path)
    with carriers(CT=here, CU=here) as world:
        row = convert(holder, msisdn=number)
        world.serve("CT")
        assert places(row) == (70, 30, 0)
        assert (row.carrier_id, row.redetected) == ("CU", True)
        world.serve("CU")
        assert listed(world, carrier="CU") == {str(row.instruction_id): [30]}
    assert places(row) == (70, 0, 30)
    assert row.state == "delivered"
    assert told(holder) == [("convert_delivered", "")]


def test_a_wrong_choice_is_put_right_by_the_prefix(holder: Holder) -> None:
    with carriers(CT=[], CM=[]) as world:
        row = convert(holder, carrier="CM")
        world.serve("CM")
        places(row)
        assert (row.carrier_id, row.redetected) == ("CT", True)
        world.serve("CT")
    assert places(row) == (70, 0, 30)


def test_ported_twice_comes_back(holder: Holder, tmp_path: Path) -> None:
    number = given.an_msisdn()
    with carriers(
        CT=ported_to("CU", number, folder=tmp_path),
        CU=ported_to("CM", number, folder=tmp_path),
        CM=[],
    ) as world:
        row = convert(holder, msisdn=number)
        world.serve("CT")
        world.serve("CU")
        world.serve("CM")
    assert places(row) == (100, 0, 0)
    assert told(holder) == [("convert_refunded", "ported")]
    assert Instruction.objects.count() == 2


def test_ported_to_a_carrier_that_is_not_reachable_comes_back(
    holder: Holder, tmp_path: Path
) -> None:
    number = given.an_msisdn()
    with carriers(CT=ported_to("MV", number, folder=tmp_path)) as world:
        row = convert(holder, msisdn=number)
        world.serve()
    assert places(row) == (100, 0, 0)
    assert Instruction.objects.count() == 1


def test_listed_after_a_refund_is_the_carriers_break(holder: Holder) -> None:
    with carriers(CT=SILENT) as world:
        row = convert(holder)
        world.serve()
        Instruction.objects.update(state="failed", decided_at=world.now)
        world.settle()
        assert places(row) == (100, 0, 0)
        world.read_final_statements()
    assert places(row) == (100, 0, 0)
    assert Break.objects.get().kind == Break.Kind.DELIVERED_AFTER_REFUND


def test_delivered_data_is_with_its_carrier(holder: Holder) -> None:
    asset = given.give_data(holder, 100)
    with carriers(CT=[]) as world:
        row = deliver(holder, asset=asset)
        world.serve()
        assert listed(world) == {str(row.pk): [30]}
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("delivered", given.NOW)
    assert amount_at(f"delivery/{row.pk}", asset) == 0
    assert amount_at("carrier/CT/delivered", asset) == 30
    assert told(holder) == [("data_delivery_done", "")]


@pytest.mark.parametrize("goods", ["DATA", "VOUCHER"])
def test_refused_data_comes_back(holder: Holder, goods: str) -> None:
    asset = given.give_data(holder, 100, goods=goods)
    with carriers(CT=["--does-not-sell"]) as world:
        row = deliver(holder, asset=asset)
        world.serve()
        assert settle_data_deliveries(now=world.now) == 0
    row.refresh_from_db()
    assert row.state == "returned"
    assert amount_at(main_of(holder), asset) == 100
    assert told(holder) == [("data_delivery_failed", "does_not_sell")]


def test_directed_data_that_the_carrier_does_not_have_comes_back(holder: Holder) -> None:
    asset = given.give_data(holder, 100, goods="DIRECT-tv")
    with carriers(CT=[]) as world:
        deliver(holder, asset=asset)
        world.serve()
    assert amount_at(main_of(holder), asset) == 100
    assert told(holder) == [("data_delivery_failed", "product_not_sold")]


def test_data_of_a_ported_number_comes_back(holder: Holder, tmp_path: Path) -> None:
    number, asset = given.an_msisdn(), given.give_data(holder, 100)
    with carriers(CT=ported_to("CU", number, folder=tmp_path), CU=[]) as world:
        deliver(holder, asset=asset, msisdn=number)
        world.serve()
    assert amount_at(main_of(holder), asset) == 100
    assert Instruction.objects.count() == 1


def test_what_failed_after_its_month_is_replaced_in_the_current_one(holder: Holder) -> None:
    late = datetime.fromisoformat("2026-11-30T23:00:00+08:00")
    asset = given.give_data(holder, 100)
    replaced = amount_at("carrier/CT/replaced", asset)
    with carriers(at=late, CT=["--down"]) as world:
        row = deliver(holder, asset=asset, now=late)
        world.serve()
    with carriers(at=world.now, CT=[]) as world:
        world.read_final_statements()
    row.refresh_from_db()
    assert (row.state, row.instruction.reason) == ("returned", "not_listed")
    assert amount_at(main_of(holder), asset) == 70
    assert amount_at(main_of(holder), "DATA-CT-2026-12") == 30
    assert amount_at("carrier/CT/replaced", asset) == replaced + 30
    assert amount_at("carrier/CT/replaced", "DATA-CT-2026-12") == -30
    notice = Notice.objects.get(holder=holder)
    assert (notice.kind, notice.facts["asset"]) == ("data_delivery_failed", "DATA-CT-2026-12")


def test_what_failed_before_its_month_keeps_it(holder: Holder) -> None:
    reachable("CT")
    voucher = given.give_data(holder, 50, goods="VOUCHER", month=given.MONTH.replace(month=12))
    deliver(holder, asset=voucher)
    Instruction.objects.update(state="failed", decided_at=given.NOW)
    assert settle_data_deliveries(now=given.NOW) == 1
    assert amount_at(main_of(holder), voucher) == 50
