"""Policy is dated rows: the narrowest scope and the latest start decide."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ledger.refusals import Refusal
from wallet.policy.models import PolicyRow
from wallet.policy.operations import (
    BadPolicyValue,
    PolicyAlreadySet,
    PolicyInThePast,
    PolicyReasonMissing,
    UnknownPolicy,
    set_policy,
)
from wallet.policy.queries import (
    PolicyUnset,
    policies_in_force,
    policy,
    policy_bool,
    policy_int,
    policy_ints,
    policy_text,
)

pytestmark = pytest.mark.django_db


def change(*, now: datetime, **different: Any) -> PolicyRow:
    given: dict[str, Any] = {
        "key": "book.lot_mb",
        "value": 1024,
        "starts_at": now,
        "set_by": "admin/1",
        "reason": "Lots of 1 GB",
        "now": now,
    }
    return set_policy(**{**given, **different})


def test_the_defaults_are_in_force(now: datetime) -> None:
    assert policy_int("gift.expires_hours", now=now) == 72
    assert policy_int("gift.coins_per_day_max", now=now, scope="tier.1") == 5_000
    assert policy_bool("cash.in", now=now) is False
    assert policy_text("book.self_trade", now=now) == "cancel_taker"
    assert policy("rollover.kinds", now=now) == ["national"]
    assert policies_in_force(now=now)["wallet.coins_max", "tier.2"] == 1_000_000


def test_a_change_counts_from_its_start_only(now: datetime) -> None:
    later = now + timedelta(hours=1)
    change(now=now, starts_at=later)
    assert policy_int("book.lot_mb", now=now) == 100
    assert policy_int("book.lot_mb", now=later) == 1024


def test_the_narrowest_scope_wins(now: datetime) -> None:
    change(now=now, key="carrier.sells", value=False, scope="CU")
    change(now=now, key="carrier.sells", value=True, scope="CU.广东")
    assert policy_bool("carrier.sells", now=now, scope="CT") is True
    assert policy_bool("carrier.sells", now=now, scope="CU") is False
    assert policy_bool("carrier.sells", now=now, scope="CU.湖南") is False
    assert policy_bool("carrier.sells", now=now, scope="CU.广东") is True


def test_the_same_change_again_is_the_same_row(now: datetime) -> None:
    assert change(now=now) == change(now=now)


@pytest.mark.parametrize(
    "different, refusal",
    [
        ({"reason": "  "}, PolicyReasonMissing),
        ({"key": "no.such"}, UnknownPolicy),
        ({"value": "big"}, BadPolicyValue),
        ({"value": True}, BadPolicyValue),
        ({"value": -1}, BadPolicyValue),
    ],
)
def test_a_strange_change_is_refused(
    now: datetime, different: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        change(now=now, **different)
    assert policy_int("book.lot_mb", now=now) == 100


def test_the_past_stays_as_it_was(now: datetime) -> None:
    with pytest.raises(PolicyInThePast):
        change(now=now, starts_at=now - timedelta(seconds=1))


def test_one_instant_has_one_value(now: datetime) -> None:
    change(now=now)
    with pytest.raises(PolicyAlreadySet):
        change(now=now, value=2048)


def test_a_key_without_a_row_is_our_fault(now: datetime) -> None:
    with pytest.raises(PolicyUnset):
        policy("no.such", now=now)
    with pytest.raises(TypeError):
        policy_bool("book.lot_mb", now=now)
    with pytest.raises(TypeError):
        policy_int("cash.in", now=now)
    with pytest.raises(TypeError):
        policy_text("cash.in", now=now)


def test_several_are_read_at_once_as_each_alone(now: datetime) -> None:
    keys = ("book.lot_mb", "book.tick_coins")
    change(now=now, value=500, scope="CT")
    for at in (now, now + timedelta(days=1)):
        for scope in ("", "CT"):
            assert policy_ints(*keys, now=at, scope=scope) == {
                key: policy_int(key, now=at, scope=scope) for key in keys
            }
        change(now=now, value=2048, starts_at=now + timedelta(hours=1))
    with pytest.raises(PolicyUnset):
        policy_ints("book.lot_mb", "no.such", now=now)
    with pytest.raises(TypeError):
        policy_ints("book.lot_mb", "cash.in", now=now)
