"""What rolls of a package, without a database."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wallet.rollover.rules import RollRule, rolled, rule_in, surplus_asset

EVERYWHERE: dict[str, dict[str, Any]] = {
    "rollover.share_percent": {"": 100, "CT": 50},
    "rollover.cap_mb": {"": 10_240, "CT.广东": 300},
    "rollover.kinds": {"": ["national"]},
    "rollover.valid_months": {"": 1, "MV": 2},
}
MB = st.integers(min_value=0, max_value=10**9)


def a_rule(*, share: int = 100, cap: int = 10_240) -> RollRule:
    return RollRule(share_percent=share, cap_mb=cap, kinds=frozenset({"national"}), valid_months=1)


def test_the_narrowest_scope_rules() -> None:
    found = rule_in(policies=EVERYWHERE, carrier="CT", province="广东")
    assert (found.share_percent, found.cap_mb, found.valid_months) == (50, 300, 1)
    elsewhere = rule_in(policies=EVERYWHERE, carrier="MV", province="")
    assert (elsewhere.share_percent, elsewhere.cap_mb, elsewhere.valid_months) == (100, 10_240, 2)


def test_deposited_data_rolls_first() -> None:
    found = rolled(rule=a_rule(cap=600), kind="national", line_mb=500, remainder_mb=1000)
    assert (found.surplus_mb, found.remainder_mb, found.voucher_mb) == (500, 100, 600)


def test_other_kinds_roll_nothing() -> None:
    for kind in ("provincial", "night", "directed", "topup"):
        assert rolled(rule=a_rule(), kind=kind, line_mb=0, remainder_mb=9).voucher_mb == 0


def test_assets_name_carrier_and_month() -> None:
    assert surplus_asset(carrier="CT", month=date(2026, 11, 1)) == "SURPLUS-CT-2026-11"


@given(line=MB, remainder=MB, share=st.integers(0, 100), cap=MB)
def test_never_more_than_is_there_or_allowed(
    line: int, remainder: int, share: int, cap: int
) -> None:
    found = rolled(
        rule=a_rule(share=share, cap=cap), kind="national", line_mb=line, remainder_mb=remainder
    )
    assert 0 <= found.surplus_mb <= line
    assert 0 <= found.remainder_mb <= remainder
    assert found.voucher_mb <= cap
    assert found.voucher_mb * 100 <= (line + remainder) * share
