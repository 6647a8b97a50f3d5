"""Policy is dated rows: the narrowest scope and the latest start decide."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from ledger.refusals import Refusal
from wallet.policy.models import PolicyRow
from wallet.policy.operations import (
    BadPolicyScope,
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
    policies_on,
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
    key = "rollover.share_percent"
    change(now=now, key=key, value=50, scope="CU")
    change(now=now, key=key, value=80, scope="CU.广东")
    assert policy_int(key, now=now, scope="CT") == 100
    assert policy_int(key, now=now, scope="CU") == 50
    assert policy_int(key, now=now, scope="CU.湖南") == 50
    assert policy_int(key, now=now, scope="CU.广东") == 80


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
        ({"value": 0}, BadPolicyValue),
        ({"scope": "tier.1"}, BadPolicyScope),
        ({"scope": "CT.广东"}, BadPolicyScope),
        ({"key": "book.fee_seller_coins_per_lot", "value": 6}, BadPolicyValue),
        ({"key": "book.closing_call_at", "value": "last 24:00"}, BadPolicyValue),
        ({"key": "book.self_trade", "value": "cancel_nobody"}, BadPolicyValue),
        ({"key": "rollover.kinds", "value": ["national", "national"]}, BadPolicyValue),
        ({"key": "rollover.share_percent", "value": 101, "scope": "CT.广东"}, BadPolicyValue),
        ({"key": "records.keep_days", "value": 179}, BadPolicyValue),
        ({"key": "earn.vest_days", "value": {}}, BadPolicyValue),
        ({"key": "cash.in", "value": True}, BadPolicyValue),
        ({"key": "cash.out", "value": True}, BadPolicyValue),
    ],
)
def test_a_strange_change_is_refused(
    now: datetime, different: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        change(now=now, **different)
    assert policy_int("book.lot_mb", now=now) == 100


@pytest.mark.parametrize(
    "key, value, scope",
    [
        ("book.fee_seller_coins_per_lot", 5, "MV"),
        ("book.closing_call_at", "last 23:59", ""),
        ("rollover.kinds", [], "CT.广东"),
        ("wallet.coins_max", 0, "tier.2"),
        ("records.keep_days", 180, ""),
        ("earn.vest_days", {"install": 3}, ""),
        ("cash.out", False, ""),
    ],
)
def test_what_a_policy_takes_is_taken(now: datetime, key: str, value: Any, scope: str) -> None:
    change(now=now, key=key, value=value, scope=scope)
    assert policy(key, now=now, scope=scope) == value


def test_a_dependent_rate_may_rise_with_what_bounds_it(now: datetime) -> None:
    change(now=now, key="book.price_min", value=20, scope="MV")
    change(now=now, key="book.fee_seller_coins_per_lot", value=15, scope="MV")
    with pytest.raises(BadPolicyValue):
        change(now=now, key="book.fee_seller_coins_per_lot", value=15, scope="CT")


def test_an_instants_policy_is_shown_with_what_will_change_it(now: datetime) -> None:
    later = now + timedelta(hours=1)
    change(now=now, starts_at=later)
    before = {(f.row.key, f.row.scope): f for f in policies_on(now)}["book.lot_mb", ""]
    assert before.row.value == 100
    assert [row.value for row in before.coming] == [1024]
    after = {(f.row.key, f.row.scope): f for f in policies_on(later)}["book.lot_mb", ""]
    assert (after.row.value, after.coming) == (1024, ())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wallet_policyrow SET value = '1'",
        "DELETE FROM wallet_policyrow",
        "TRUNCATE wallet_policyrow",
    ],
)
def test_the_application_may_not_rewrite_the_table(statement: str) -> None:
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_dates_no_row_backwards(now: datetime) -> None:
    row = PolicyRow(key="book.lot_mb", value=1, set_at=now, set_by="admin/1", reason="late")
    row.starts_at = now - timedelta(seconds=1)
    with pytest.raises(IntegrityError):
        row.save()


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


def test_functions_of_the_database_read_the_same(now: datetime) -> None:
    later = now + timedelta(hours=1)
    change(key="wallet.coins_max", scope="tier.2", value=7, now=now, starts_at=later)
    for scope, at, value in (("0", now, 10_000), ("2", now, 1_000_000), ("2", later, 7)):
        assert policy_int("wallet.coins_max", now=at, scope=f"tier.{scope}") == value
        with connection.cursor() as cursor:
            scopes = ["", "tier", f"tier.{scope}"]
            cursor.execute(
                "SELECT value FROM wallet_policy_v1('wallet.coins_max', %s, %s)", [scopes, at]
            )
            assert cursor.fetchone() == (str(value),)
            keys = ["wallet.coins_max", "no.such", "trade.age_min"]
            cursor.execute(
                "SELECT key, value FROM wallet_policies_v1(%s, %s, %s)", [keys, scopes, at]
            )
            assert dict(cursor.fetchall()) == {
                "wallet.coins_max": str(value),
                "trade.age_min": str(policy_int("trade.age_min", now=at)),
            }
