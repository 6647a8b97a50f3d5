"""O3: policy is a dated, audited table, never code: every switch has a test on both sides."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from exchange.surveillance.rules import POLICIES
from tests.capabilities import policy_probes as probes
from tests.given_own_data import a_policy
from tests.house.sources import CHECKOUT
from wallet.policy.models import PolicyRow
from wallet.policy.rules import TERMS
from wallet.policy.sentences import MEANINGS

pytestmark = pytest.mark.django_db
DONE = probes.DONE


@dataclass(frozen=True)
class Switch:
    """A policy, what is tried, and how it goes under each of several values."""

    key: str
    tried: Callable[[], Any]
    sides: tuple[tuple[Any, Any], ...]
    scope: str = ""


def of_book(key: str, field: str, *values: Any) -> Switch:
    """Return a term that a book takes over from policy when it opens."""

    def tried() -> Any:
        return getattr(probes.terms_of_book(), field)

    return Switch(key, tried, tuple((value, value) for value in values), "CT")


def of_hours(name: str, *hours: str) -> Switch:
    """Return an hour that a book takes over from policy when it opens."""
    tried = probes.hour_of_book(name)
    return Switch(f"book.{name}", tried, tuple((hour, hour) for hour in hours), "CT")


def of_catalog(kind: str, sku: str) -> Switch:
    """Return a kind of goods that is sold or not."""
    sides = ((True, DONE), (False, "kind_switched_off"))
    return Switch(f"catalog.{kind}", probes.buying(sku), sides)


BOTH = (True, DONE), (False, "carrier_does_not_sell")
SWITCHES = (
    Switch("wallet.coins_max", probes.claiming_50, ((50, DONE), (49, "wallet_full")), "tier.0"),
    Switch(
        "gift.coins_per_day_max",
        probes.giving_10,
        ((10, DONE), (9, "gift_limit_passed")),
        "tier.0",
    ),
    Switch(
        "gift.count_per_day_max",
        probes.giving_10,
        ((1, DONE), (0, "gift_limit_passed")),
        "tier.0",
    ),
    Switch("gift.expires_hours", probes.gift_hours, ((1, 1), (100, 100))),
    Switch("packet.expires_hours", probes.packet_hours, ((1, 1), (30, 30))),
    Switch("packet.coins_max", probes.packet_of_10_in_2, ((10, DONE), (9, "packet_too_large"))),
    Switch("packet.shares_max", probes.packet_of_10_in_2, ((2, DONE), (1, "packet_too_large"))),
    Switch(
        "claim.guesses_per_hour",
        probes.guessing_after_one_miss,
        ((2, DONE), (1, "too_many_guesses")),
    ),
    Switch("trade.age_min", probes.buying_at_35, ((35, DONE), (36, "too_young"))),
    Switch("trade.tier_min", probes.buying_at_35, ((1, DONE), (2, "tier_too_low"))),
    Switch(
        "trade.mb_per_month_max",
        probes.selling_100_of_1000,
        ((100, DONE), (99, "month_cap_passed")),
        "CT",
    ),
    Switch(
        "trade.share_of_allowance_max_percent",
        probes.selling_100_of_1000,
        ((10, DONE), (9, "share_of_allowance_passed")),
        "CT",
    ),
    Switch(
        "trade.must_remain_mb",
        probes.selling_100_of_1000,
        ((1_100, DONE), (1_101, "too_little_left")),
        "CT",
    ),
    Switch(
        "trade.mb_per_transfer_max",
        probes.selling_100_of_1000,
        ((100, DONE), (99, "transfer_cap_passed")),
        "CT",
    ),
    of_hours("opens_at", "first 09:00", "first 10:30"),
    of_hours("closing_call_at", "last 18:00", "last 17:45"),
    of_hours("uncross_at", "last 20:00", "last 21:15"),
    of_book("book.lot_mb", "lot_mb", 100, 1_024),
    of_book("book.tick_coins", "tick_coins", 1, 5),
    of_book("book.price_min", "price_min", 5, 10),
    of_book("book.price_max", "price_max", 100, 90),
    of_book("book.fee_maker_bp", "maker_bp", 50, 0),
    of_book("book.fee_taker_bp", "taker_bp", 100, 0),
    of_book("book.fee_seller_coins_per_lot", "seller_coins_per_lot", 0, 4),
    Switch(
        "book.self_trade",
        probes.trading_with_oneself,
        (("cancel_taker", ("open", "cancelled")), ("cancel_maker", ("cancelled", "open"))),
        "CT",
    ),
    Switch(
        "deposit.rate_coins_per_100mb", probes.saving_100, ((80, DONE), (0, "saving_off")), "CT"
    ),
    Switch("rollover.share_percent", probes.voucher_mb, ((100, 1_500), (50, 750)), "CT.广东"),
    Switch("rollover.cap_mb", probes.voucher_mb, ((10_240, 1_500), (400, 400)), "CT"),
    Switch(
        "rollover.kinds", probes.provincial_mb, ((["national"], 0), (["provincial"], 1_500)), "CT"
    ),
    Switch(
        "rollover.valid_months",
        probes.voucher,
        ((1, "VOUCHER-CT-2026-12"), (3, "VOUCHER-CT-2027-02")),
        "CT",
    ),
    of_catalog("content", "comics-week"),
    of_catalog("airtime", "airtime-10"),
    of_catalog("points", "points-100"),
    of_catalog("mall", "umbrella"),
    Switch(
        "catalog.count_max",
        probes.buying("comics-week", count=2),
        ((2, DONE), (1, "bad_amount")),
        "NNSH",
    ),
    Switch(
        "catalog.points_out_coins_per_day_max",
        probes.buying("points-100", is_on="points"),
        ((12, DONE), (11, "points_limit_passed")),
        "NNSH",
    ),
    Switch(
        "catalog.points_in_coins_per_day_max",
        probes.buying("points-100-in", is_on="points"),
        ((100, DONE), (1, "points_limit_passed")),
        "NNSH",
    ),
    Switch(
        "rollover.claim_late_days",
        probes.asking_remainders(also="rollover.by_adaptor", value=True),
        ((16, 1), (15, 0)),
        "CT",
    ),
    Switch(
        "rollover.by_adaptor",
        probes.asking_remainders(also="rollover.claim_late_days", value=16),
        ((True, 1), (False, 0)),
        "CT",
    ),
    Switch("earn.vest_days", probes.days_of_install, (({"install": 0}, 0), ({"install": 9}, 9))),
    Switch("case.open_max", probes.asking_about_an_entry, ((1, DONE), (0, "too_many_cases"))),
    Switch("merchant.coins_per_code_max", probes.showing_10, ((10, DONE), (9, "bad_amount"))),
    Switch("merchant.code_minutes", probes.code_minutes, ((5, 5), (1, 1))),
    Switch(
        "merchant.claims_per_day_max", probes.scanning, ((1, DONE), (0, "counter_limit_passed"))
    ),
    Switch("carrier.sells", probes.converting, BOTH, "CT"),
    Switch("notify.quiet_from_hour", probes.is_quiet_at_half_past_ten, ((10, True), (11, False))),
    Switch("notify.quiet_until_hour", probes.is_quiet_at_half_past_ten, ((11, True), (10, False))),
    Switch("notify.text_kinds", probes.is_texted_unasked, ((["gift_returned"], True), ([], False))),
    Switch("notify.late_hours", probes.hours_until_too_late, ((24, 24), (1, 1))),
    Switch("records.keep_days", probes.forgotten_after_200_days, ((180, 1), (201, 0))),
    Switch("winddown.notice_days", probes.notice_days, ((0, 0), (90, 90))),
)
# Tried on both sides in a story of their own: the key and the test, which names the key.
ELSEWHERE = {
    "invitation.expires_days": "wallet/organisations/test_members.py::test_an_invitation_ends",
    "trade.line_seen_days_max": (
        "exchange/orders/test_caps.py::test_a_line_its_carrier_has_not_shown_for_long_sells_nothing"
    ),
    "tier.0": "wallet/identity/test_check.py::test_policy_says_what_a_tier_takes",
    "tier.1": "wallet/identity/test_check.py::test_policy_says_what_a_tier_takes",
    "tier.2": "wallet/identity/test_check.py::test_policy_says_what_a_tier_takes",
    "identity.wallets_max": "wallet/identity/test_check.py::test_a_person_has_so_many_wallets",
    "identity.checks_per_day_max": (
        "wallet/identity/test_check.py::test_checks_of_a_day_are_limited"
    ),
    "number.codes_per_hour_max": "wallet/numbers/test_life.py::test_codes_an_hour_are_limited",
    "number.quarantine_days": (
        "wallet/numbers/test_life.py::test_a_released_number_waits_before_another_has_it"
    ),
    "clearing.fen_per_1000_coins": (
        "wallet/clearing/test_operations.py::test_prices_are_by_carrier_and_dated"
    ),
    "number.count_max": "wallet/numbers/test_life.py::test_numbers_of_a_wallet_are_limited",
    "recycled_number.reverify_above_coins": (
        "wallet/numbers/test_recycled.py::test_many_small_spends_are_one_large"
    ),
    "winddown.fen_per_100_coins": (
        "wallet/refunds/test_refunds.py::test_the_least_price_is_a_policy_of_the_issuers"
    ),
}
# Coins are neither bought nor cashed: no door does it, so nothing reads what can only be off.
ONLY_OFF = {"cash.in", "cash.out"}
ELSEWHERE |= dict.fromkeys(
    ONLY_OFF, "wallet/policy/test_policy.py::test_a_strange_change_is_refused"
)
ELSEWHERE |= dict.fromkeys(
    (f"watch.{name}" for name in POLICIES),
    "exchange/surveillance/test_policy.py::test_every_threshold_is_policy",
)
# Seeded before what they switch is there: each is struck out by whoever builds it.
NOT_YET = {
    "audience.min",
    "grant.expires_days",
}


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.key)
def test_a_switch_does_what_it_says_on_both_sides(switch: Switch) -> None:
    assert len({repr(value) for value, _ in switch.sides}) > 1
    assert len({repr(outcome) for _, outcome in switch.sides}) > 1
    for value, outcome in switch.sides:
        with rolled_back():
            a_policy(switch.key, value, scope=switch.scope)
            assert switch.tried() == outcome


@contextmanager
def rolled_back() -> Iterator[None]:
    """Leave nothing of a side to the other."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _is_there(test: str) -> bool:
    """Say whether a file has a test of this name that names the policies it is listed for."""
    path, name = test.split("::")
    text = (CHECKOUT / "tests" / path).read_text()
    keys = [key for key, elsewhere in ELSEWHERE.items() if elsewhere == test]
    return f"def {name}(" in text and any(key in text for key in keys)


def test_every_switch_is_tried_on_both_sides() -> None:
    tried = {switch.key for switch in SWITCHES} | set(ELSEWHERE)
    assert sorted(set(TERMS) - tried - NOT_YET) == []
    assert sorted(NOT_YET & tried) == []
    assert [test for test in ELSEWHERE.values() if not _is_there(test)] == []


def test_every_switch_is_seeded_and_said_in_words() -> None:
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    seeded = PolicyRow.objects.filter(starts_at=beginning)
    assert {row.key for row in seeded} == set(TERMS) == set(MEANINGS)
    for row in seeded:
        assert TERMS[row.key].takes(row.value), row.key
        assert TERMS[row.key].has_scope(row.scope), row.key


def test_every_switch_is_read_by_the_product() -> None:
    read = [
        path.read_text()
        for app in ("exchange", "ledger", "wallet")
        for path in (CHECKOUT / app).rglob("*.*")
        if path.suffix in {".py", ".sql"} and not {"migrations", "policy"} & set(path.parts)
    ]
    text = "".join(read).replace("'", '"')
    # Read by its name, or by its family's: f"tier.{tier}", f"catalog.{kind}".
    unread = {
        key for key in TERMS if f'"{key}"' not in text and f'f"{key.split(".")[0]}.{{' not in text
    }
    assert sorted(unread - NOT_YET - ONLY_OFF) == []
