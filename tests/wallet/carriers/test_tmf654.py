"""The TMF654 adaptor against a real server: the contract, and every fault."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.wallet.carriers.simulators import (
    MONTH,
    NOON,
    NUMBER,
    PACKAGE,
    PATIENT,
    PROVINCIAL,
    SHORT,
    PlayedClock,
    a_simulator,
    an_adaptor,
    deduct,
    left_mb,
    speaking_to,
    status,
    submit,
)
from wallet.carriers.adaptors.contract import (
    Adaptor,
    CarrierUnavailable,
    Outcome,
    Product,
)
from wallet.carriers.adaptors.tmf654 import Tmf654Adaptor
from wallet.carriers.rules import Quality

TODAY = date(2026, 11, 12)


def test_a_deduct_takes_from_the_package_and_a_restore_gives_back(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor:
        assert left_mb(adaptor) == 1500
        assert deduct(adaptor, mb=500) == "delivered"
        assert left_mb(adaptor) == 1000
        answer = adaptor.restore(ref="r1", msisdn=NUMBER, package=PACKAGE, month=MONTH, mb=200)
        assert (answer.outcome, answer.mb, answer.confirmed_at) == (Outcome.DELIVERED, 200, NOON)
        assert left_mb(adaptor) == 1200


def test_a_submit_fills_the_topup_bucket(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor:
        assert submit(adaptor) == "delivered"
        assert left_mb(adaptor, package="topup") == 100


def test_the_same_reference_moves_once(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor:
        assert [submit(adaptor), submit(adaptor)] == ["delivered", "delivered"]
        assert [deduct(adaptor, mb=7), deduct(adaptor, mb=7)] == ["delivered", "delivered"]
        assert (left_mb(adaptor, package="topup"), left_mb(adaptor)) == (100, 1493)


def test_a_reference_used_for_something_else_is_unknown_and_moves_nothing(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor:
        assert submit(adaptor, mb=100) == "delivered"
        assert submit(adaptor, mb=200) == "unknown duplicate"
        assert left_mb(adaptor, package="topup") == 100


@pytest.mark.parametrize(
    "mb, package, refusal",
    [
        (1501, PACKAGE, "insufficient"),
        (1, PROVINCIAL, "kind_not_adjustable"),
        (1, "nothing", "no_such_bucket"),
    ],
)
def test_a_refused_deduct_fails_for_ever(usage: Path, mb: int, package: str, refusal: str) -> None:
    with an_adaptor(usage=usage) as adaptor:
        assert deduct(adaptor, mb=mb, package=package) == f"failed {refusal}"
        assert deduct(adaptor, mb=mb, package=package) == f"failed {refusal}"
        assert status(adaptor, ref="d1") == f"failed {refusal}"
        assert left_mb(adaptor) == 1500


def test_a_restore_gives_back_no_more_than_was_deducted(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor:
        deduct(adaptor, mb=10)
        answer = adaptor.restore(ref="r1", msisdn=NUMBER, package=PACKAGE, month=MONTH, mb=11)
        assert (answer.outcome, answer.reason) == (Outcome.FAILED, "nothing_to_restore")


def test_a_past_month_is_refused(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor:
        answer = adaptor.deduct(
            ref="d1", msisdn=NUMBER, package=PACKAGE, month=date(2026, 10, 1), mb=1
        )
        assert (answer.outcome, answer.reason) == (Outcome.FAILED, "expired")


def test_a_ported_number_is_refused_with_its_present_carrier(usage: Path, tmp_path: Path) -> None:
    ported = tmp_path / "ported.csv"
    ported.write_text(f"msisdn,carrier\n{NUMBER},CM\n13900000009,CT\n")
    with an_adaptor("--ported", str(ported), usage=usage) as adaptor:
        answer = adaptor.submit(ref="s1", msisdn=NUMBER, mb=1, month=MONTH)
        assert (answer.outcome, answer.reason, answer.carrier) == (Outcome.FAILED, "ported", "CM")
        assert submit(adaptor, ref="s2", msisdn="13900000009") == "delivered"
        assert adaptor.detect(msisdn=NUMBER).carrier == "CM"
        assert adaptor.detect(msisdn="13900000009").carrier == "CT"


def test_a_strangers_number_is_refused(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor:
        assert submit(adaptor, msisdn="13800000001") == "failed not_a_subscriber"


def test_the_carrier_confirms_its_own_numbers_and_their_province(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor:
        detected = adaptor.detect(msisdn=NUMBER)
        assert (detected.carrier, detected.province) == ("CT", "GD")
        assert detected.quality is Quality.CARRIER
        assert adaptor.detect(msisdn="13800000001").quality is Quality.PREFIX


def test_a_carrier_which_does_not_sell_still_deducts(usage: Path) -> None:
    with an_adaptor("--does-not-sell", usage=usage) as adaptor:
        assert submit(adaptor) == "failed does_not_sell"
        assert deduct(adaptor, mb=1) == "delivered"


def test_a_time_out_after_applying_is_unknown_and_the_status_tells(usage: Path) -> None:
    with a_simulator("--usage", str(usage), "--timeout-after-apply", "1") as url:
        with speaking_to(url=url, limits=SHORT) as hasty:
            assert submit(hasty) == "unknown not_answered"
        with speaking_to(url=url) as adaptor:
            assert status(adaptor, ref="s1") == "delivered"
            assert left_mb(adaptor, package="topup") == 100


def test_a_dropped_line_is_unknown_too(usage: Path) -> None:
    with an_adaptor("--timeout-after-apply", "1", "--hang-ms", "0", usage=usage) as adaptor:
        assert submit(adaptor) == "unknown not_answered"
        assert status(adaptor, ref="s1") == "delivered"


def test_a_carriers_duplicate_is_no_refusal(usage: Path) -> None:
    with an_adaptor("--duplicate", "1", usage=usage) as adaptor:
        assert submit(adaptor) == "unknown duplicate"
        assert status(adaptor, ref="s1") == "delivered"
        assert left_mb(adaptor, package="topup") == 100


def test_a_500_is_unknown_whether_the_work_was_done_or_not(usage: Path) -> None:
    with an_adaptor("--error-500", "0.5", "--seed", "3", usage=usage) as adaptor:
        said = {f"s{n}": submit(adaptor, ref=f"s{n}", mb=1) for n in range(40)}
        lines = _read_until_answered(adaptor)
    refs = {ref for ref, outcome in said.items() if outcome == "unknown carrier_error"}
    assert set(said.values()) == {"delivered", "unknown carrier_error"}
    assert refs & lines, "no 500 came after the work was done"
    assert refs - lines, "no 500 came before the work was done"
    assert said.keys() - refs <= lines


def _read_until_answered(adaptor: Adaptor) -> set[str]:
    """Ask again while the server answers 500: questions are struck by it too."""
    for _ in range(20):
        try:
            return {line.ref for line in adaptor.statement(day=TODAY).lines}
        except CarrierUnavailable:
            continue
    raise AssertionError("Twenty 500s in a row at a rate of one half.")


def test_a_carrier_that_is_down_leaves_everything_unknown(usage: Path) -> None:
    with an_adaptor("--down", usage=usage) as adaptor:
        assert submit(adaptor) == "unknown carrier_error"
        assert status(adaptor, ref="s1") == "unknown carrier_error"
        assert adaptor.detect(msisdn=NUMBER).quality is Quality.PREFIX
        with pytest.raises(CarrierUnavailable) as refused:
            adaptor.remainder(msisdn=NUMBER, month=MONTH)
        assert (refused.value.code, refused.value.status) == ("carrier_unavailable", 503)
        with pytest.raises(CarrierUnavailable):
            adaptor.statement(day=TODAY)


def test_where_nobody_listens_nothing_was_sent() -> None:
    with a_simulator() as url:
        pass
    with speaking_to(url=url) as adaptor:
        assert submit(adaptor) == "unknown not_sent"
        assert status(adaptor, ref="s1") == "unknown not_answered"
        with pytest.raises(CarrierUnavailable):
            adaptor.remainder(msisdn=NUMBER, month=MONTH)


def test_a_reference_nobody_heard_of_is_unknown(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor:
        assert status(adaptor, ref="never") == "unknown not_found"


def test_processing_is_acknowledged_first_and_completed_later(usage: Path) -> None:
    clock = PlayedClock()
    with an_adaptor("--processing-ms", "60000", usage=usage, clock=clock) as adaptor:
        assert submit(adaptor) == "processing"
        assert status(adaptor, ref="s1") == "processing"
        assert list(adaptor.statement(day=TODAY).lines) == []
        clock.at += timedelta(minutes=1)
        assert status(adaptor, ref="s1") == "delivered"
        assert adaptor.status(ref="s1").confirmed_at == clock.at


def test_fixed_products_bar_other_amounts(usage: Path) -> None:
    pack = Product(id="pack-100", name="100 MB", size_mb=100)
    with a_simulator("--usage", str(usage)) as url:
        adaptor = Tmf654Adaptor(
            carrier="CT", base_url=url, products=(pack,), limits=PATIENT, clock=PlayedClock()
        )
        assert adaptor.products() == [pack]
        assert submit(adaptor, mb=100) == "delivered"
        assert submit(adaptor, mb=99, ref="s2") == "failed product_not_sold"
        assert status(adaptor, ref="s2") == "unknown not_found"
        adaptor.close()


@pytest.mark.parametrize(
    "mb, month", [(0, MONTH), (-1, MONTH), (10**10, MONTH), (1, date(2026, 11, 2))]
)
def test_amounts_and_months_nobody_could_mean_are_never_sent(
    usage: Path, mb: int, month: date
) -> None:
    with an_adaptor(usage=usage) as adaptor:
        with pytest.raises(ValueError, match="cannot be asked"):
            adaptor.submit(ref="s1", msisdn=NUMBER, mb=mb, month=month)
        with pytest.raises(ValueError, match="cannot be asked"):
            adaptor.deduct(ref="d1", msisdn=NUMBER, package=PACKAGE, month=month, mb=mb)
        assert list(adaptor.statement(day=TODAY).lines) == []
