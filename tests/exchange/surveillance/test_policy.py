"""From when on something is worth a look is policy: each threshold is tried on both sides."""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta

import pytest
from django.db import transaction

from exchange.surveillance.queries import terms_of
from exchange.surveillance.rules import POLICIES, Terms, Watcher
from tests.exchange.surveillance.market import CALL_AT, TERMS, Market
from tests.exchange.surveillance.planted import layers, ramp, ramp_and_sell, swap, wash
from tests.given import NOW, a_book
from tests.given_own_data import a_policy

pytestmark = pytest.mark.django_db


def washed(market: Market) -> None:
    wash(market, (1, 2), price=50)


def washed_dearer_and_more(market: Market) -> None:
    for _ in range(2):
        swap(market, 1, 2, price=50, lots=9)
        swap(market, 2, 1, price=53, lots=10)


def washed_beside_business(market: Market) -> None:
    swap(market, 1, 3, price=50, lots=4)
    washed(market)


def met(market: Market) -> None:
    swap(market, 101, 102, price=50)
    for _ in range(2):
        market.place(1, "S", 80, 3)
        market.wait(3)
        market.place(2, "B", 80, 3)
        market.wait(60)


def walled(market: Market) -> None:
    layers(market, 1, touch=50, victim=2)


def climbed(market: Market) -> None:
    ramp_and_sell(market, 1, begins=40)


def walled_for_two_minutes(market: Market) -> None:
    market.place(1, "S", 52, 1)
    walls = [market.place(1, "B", 50 - place, 3) for place in range(3)]
    market.wait(120)
    market.place(2, "B", 52, 1)
    for wall in walls:
        market.cancel(wall)


def climbed_among_others(market: Market) -> None:
    for step in range(5):
        market.place(900 + step, "S", 40 + step * 6, 4)
        market.place(910 + step, "B", 40 + step * 6, 2)
        market.place(1, "B", 40 + step * 6, 2)
    market.place(960, "B", 60, 5)
    market.place(1, "S", 60, 5)


def climbed_before_the_call(market: Market) -> None:
    market.now = CALL_AT - timedelta(minutes=28)
    ramp(market, 1, begins=40)


# Each key, what happens, a value under which it is found, and one under which it is not.
SIDES: tuple[tuple[str, Callable[[Market], None], int, int], ...] = (
    ("watch.wash_minutes", washed, 16, 15),
    ("watch.wash_rounds_min", washed, 2, 3),
    ("watch.wash_gap_coins_max", washed_dearer_and_more, 3, 2),
    ("watch.wash_net_percent_max", washed_dearer_and_more, 10, 9),
    ("watch.wash_share_percent_min", washed_beside_business, 80, 81),
    ("watch.arranged_seconds", met, 3, 2),
    ("watch.arranged_off_percent_min", met, 31, 32),
    ("watch.layers_min", walled, 3, 5),
    ("watch.layer_minutes", walled_for_two_minutes, 2, 1),
    ("watch.layer_seconds", walled, 9, 8),
    ("watch.layer_ratio_min", walled, 9, 13),
    ("watch.ramp_minutes", climbed, 7, 1),
    ("watch.ramp_orders_min", climbed, 4, 5),
    ("watch.ramp_percent_min", climbed, 25, 26),
    ("watch.ramp_share_percent_min", climbed_among_others, 57, 58),
    ("watch.ramp_close_minutes", climbed_before_the_call, 28, 5),
)


def is_found(terms: Terms, act: Callable[[Market], None]) -> bool:
    market = Market()
    act(market)
    return bool(list(Watcher(terms=terms).watch(market.facts)))


def test_policy_begins_with_what_the_flows_are_tried_with() -> None:
    book = a_book()
    said = terms_of(book, now=NOW)
    for name in POLICIES:
        assert getattr(said, name) == getattr(TERMS, name), name
    assert said.band_coins == TERMS.band_coins
    assert {field.name for field in fields(Terms)} == {*POLICIES, "band_coins", "closing_call_at"}


@pytest.mark.parametrize(("key", "act", "found", "missed"), SIDES, ids=[one[0] for one in SIDES])
def test_every_threshold_is_policy(
    key: str, act: Callable[[Market], None], found: int, missed: int
) -> None:
    book = a_book()
    book.closing_call_at = CALL_AT
    outcomes = []
    for value in (found, missed):
        with transaction.atomic():
            a_policy(key, value, scope="CT")
            outcomes.append(is_found(terms_of(book, now=NOW), act))
            transaction.set_rollback(True)
    assert outcomes == [True, False]


def test_every_policy_has_its_two_sides() -> None:
    assert [one[0] for one in SIDES] == [f"watch.{name}" for name in POLICIES]
