"""Each proof of conversions finds a fault that was planted."""

from uuid import UUID

import pytest

from ledger.operations import post
from ledger.proofs.queries import finding_of
from ledger.rules import COIN, Posting, derived_id, move
from tests import given
from tests.wallet.convert.world import broken_proofs, carriers, convert, deliver
from wallet.carriers.models import Instruction
from wallet.convert.models import Conversion, DataDelivery
from wallet.convert.proofs import PROOFS

pytestmark = pytest.mark.django_db

DATA = "DATA-CT-2026-11"


@pytest.fixture
def ended() -> tuple[Conversion, DataDelivery]:
    """A conversion and a delivery that were delivered, and one of each on its way."""
    holder = given.a_holder(coins=100)
    given.give_data(holder, 100)
    with carriers(CT=[]) as world:
        rows = convert(holder), deliver(holder, asset=DATA)
        world.serve()
        convert(holder)
        deliver(holder, asset=DATA)
    return rows


def moved(*, kind: str, asset: str, amount: int, source: str, target: str) -> UUID:
    """Post what no operation would, and return its id."""
    found = derived_id(kind, asset, source, target)
    legs = move(asset=asset, amount=amount, source=source, target=target)
    post(Posting(id=found, kind=kind, at=given.NOW, actor="test", legs=legs))
    return found


def test_clean_books_were_looked_at(ended: tuple[Conversion, DataDelivery]) -> None:
    assert [finding_of(proof).examined for proof in PROOFS] == [4, 1, 4, 1]
    assert broken_proofs() == []


def test_coins_moved_out_of_a_conversion_are_found(ended: tuple[Conversion, DataDelivery]) -> None:
    waiting = Conversion.objects.get(state="on_its_way")
    address = f"conversion/{waiting.pk}"
    moved(kind="correction", asset=COIN, amount=5, source=address, target="issuer/CT")
    assert broken_proofs() == [("conversions", f"{address}: 30 COIN promised, 25 held")]


def test_data_left_in_an_ended_delivery_is_found(ended: tuple[Conversion, DataDelivery]) -> None:
    address = f"delivery/{ended[1].pk}"
    moved(kind="correction", asset=DATA, amount=5, source="system/sold", target=address)
    assert broken_proofs() == [("conversions", f"{address}: 0 {DATA} promised, 5 held")]


def test_a_carrier_paid_too_much_is_found(ended: tuple[Conversion, DataDelivery]) -> None:
    moved(
        kind="convert_delivered",
        asset=COIN,
        amount=5,
        source="issuer/CT",
        target="carrier/CT/payable",
    )
    assert broken_proofs() == [("carriers_paid", "carrier/CT: 30 coins delivered, 35 booked")]


def test_data_that_was_moved_undelivered_is_found(ended: tuple[Conversion, DataDelivery]) -> None:
    moved(
        kind="data_delivery_done",
        asset=DATA,
        amount=5,
        source="system/sold",
        target="carrier/CT/delivered",
    )
    assert broken_proofs() == [
        ("data_delivered", f"carrier/CT/delivered: 30 {DATA} delivered, 35 booked")
    ]


def test_a_replacement_of_another_size_is_found(ended: tuple[Conversion, DataDelivery]) -> None:
    moved(
        kind="data_delivery_failed",
        asset="DATA-CT-2026-12",
        amount=5,
        source="carrier/CT/replaced",
        target="system/sold",
    )
    assert broken_proofs() == [("data_delivered", "carrier/CT/replaced: 0 MB delivered, -5 booked")]


@pytest.mark.parametrize(
    "planted",
    [
        {"state": "failed"},
        {"state": "unknown"},
        {"settled_at": None},
        {"mb": 29},
        {"msisdn": "13300000000"},
        {"carrier_id": "CU"},
        {"kind": "restore"},
    ],
)
def test_an_end_that_its_carrier_did_not_decide_is_found(
    ended: tuple[Conversion, DataDelivery], planted: dict[str, object]
) -> None:
    for row in ended:
        Instruction.objects.filter(pk=row.instruction_id).update(**planted)
        [(name, what)] = broken_proofs()
        assert name == "carriers_decided"
        assert str(row.pk) in what
        Instruction.objects.filter(pk=row.instruction_id).update(
            state="delivered",
            settled_at=given.NOW,
            mb=30,
            msisdn=row.msisdn,
            carrier_id="CT",
            kind="submit",
        )


def test_an_end_without_a_time_is_found(ended: tuple[Conversion, DataDelivery]) -> None:
    DataDelivery.objects.filter(pk=ended[1].pk).update(ended_at=None)
    assert [name for name, _ in broken_proofs()] == ["carriers_decided"]
