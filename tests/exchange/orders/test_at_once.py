"""The common order is accepted in one call; whatever there is to look into takes the longer way."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from exchange.orders import operations
from exchange.orders.models import Event, Order, Trade
from exchange.orders.operations import placing, propose_bust
from exchange.orders.operations.at_once import is_accepted_at_once
from exchange.orders.queries import sale_of
from ledger.adjustments.operations import approve_proposal
from ledger.queries import amount_at, coins_in
from ledger.refusals import BalanceTooLow
from ledger.rules import monthly_asset
from tests.given import (
    MONTH,
    NOW,
    PACKAGE,
    a_book,
    a_line,
    a_trader,
    an_order,
    an_organisation,
    give_coins,
)
from tests.given_market import drained
from tests.given_own_data import a_policy
from tests.given_winddown import a_wind_down, own_data_kept
from tests.ledger.adjustments.world import WHY, controller
from tests.wallet.convert.world import reachable
from wallet.carriers.models import Usage
from wallet.holders.models import Holder, Member, Number
from wallet.holders.operations import ServiceEnding
from wallet.policy.queries import PolicyUnset

pytestmark = pytest.mark.django_db


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return, of each order asked for that is plain, whether it was accepted at once."""
    seen: list[bool] = []
    accept = is_accepted_at_once

    def watched(*args: object, **kwargs: object) -> bool:
        seen.append(accept(*args, **kwargs))  # type: ignore[arg-type]
        return seen[-1]

    monkeypatch.setattr(placing, "is_accepted_at_once", watched)
    return seen


def _columns(order: Order) -> dict[str, object]:
    told = Order.objects.filter(pk=order.pk).values().get()
    event = Event.objects.filter(order=order).values().get()
    own = ("id", "order_id", "client_id", "holder_id", "group", "number_id")
    return {
        **{name: value for name, value in told.items() if name not in own},
        **{f"event {name}": value for name, value in event.items() if name not in own},
    }


def test_both_ways_write_the_same(ways: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    book, buyers = a_book(), [a_trader(coins=1_000) for _ in range(2)]
    sellers = [a_trader() for _ in range(2)]
    lines = [a_line(seller, surplus_mb=500) for seller in sellers]
    quick = [an_order(buyers[0], book, "B", 80, 2)]
    quick.append(an_order(sellers[0], book, "S", 80, 2, line=lines[0]))
    assert ways == [True, True]
    monkeypatch.setattr(placing, "_is_plain", lambda *_args, **_kwargs: False)
    slow = [an_order(buyers[1], book, "B", 80, 2)]
    slow.append(an_order(sellers[1], book, "S", 80, 2, line=lines[1]))
    for one, other in zip(quick, slow, strict=True):
        for order in (one, other):
            order.refresh_from_db()
            assert order.group == order.holder_id
        first, second = _columns(one), _columns(other)
        first["event body"]["number"] = second["event body"]["number"]  # type: ignore[index]
        assert first == second
    assert coins_in(f"order/{quick[0].pk}") == coins_in(f"order/{slow[0].pk}") > 160
    asset = monthly_asset(goods="SURPLUS", carrier="CT", month=MONTH)
    assert amount_at(f"order/{quick[1].pk}", asset) == 200


def test_the_same_key_brings_the_first_order_back(ways: list[bool]) -> None:
    book, buyer, key = a_book(), a_trader(coins=1_000), uuid.uuid4()
    asked: dict[str, Any] = {
        "holder": buyer,
        "book": book,
        "side": "B",
        "price_coins": 80,
        "lots": 1,
    }
    placed = [operations.place_order(**asked, key=key, now=NOW) for _ in range(2)]
    assert ways == [True, False]
    assert placed[0] == placed[1]
    assert Event.objects.filter(holder=buyer).count() == 1


def test_too_few_coins_are_refused_and_leave_nothing(ways: list[bool]) -> None:
    book, buyer = a_book(), a_trader(coins=10)
    with pytest.raises(BalanceTooLow):
        an_order(buyer, book, "B", 80, 1)
    assert ways == []
    # The refusal undid the call, and left the transaction around it whole.
    assert not Order.objects.filter(holder=buyer).exists()
    assert not Event.objects.filter(holder=buyer).exists()


def test_a_member_of_an_organisation_takes_the_longer_way(ways: list[bool]) -> None:
    book, buyer, organisation = a_book(), a_trader(coins=1_000), an_organisation()
    assert buyer.user is not None
    Member.objects.create(organisation=organisation, user=buyer.user, role=Member.Role.OWNER)
    order = an_order(buyer, book, "B", 80, 1)
    assert ways == [False]
    assert order.group == min(buyer.pk, organisation.pk)


def test_an_organisation_takes_the_longer_way(ways: list[bool]) -> None:
    book, buyer = a_book(), an_organisation()
    give_coins(buyer, 1_000)
    assert an_order(buyer, book, "B", 80, 1).state == Order.State.ACCEPTED
    assert ways == [False]


def test_somebody_with_a_doubted_number_takes_the_longer_way(ways: list[bool]) -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    Number.objects.filter(holder=buyer).update(doubted_at=NOW - timedelta(days=1))
    an_order(buyer, book, "B", 20, 1)
    assert ways == [False]


def test_a_line_is_held_to_the_same_sums(ways: list[bool]) -> None:
    book, seller = a_book(), a_trader()
    line = a_line(seller, surplus_mb=5_000, allowance_mb=2_000)
    an_order(seller, book, "S", 80, 9, line=line)
    # Half of 2,000 MB: one lot more is the last.
    last = an_order(seller, book, "S", 80, 1, line=line)
    with pytest.raises(operations.ShareOfAllowancePassed):
        an_order(seller, book, "S", 80, 1, line=line)
    assert ways == [True, True, False]
    sale = sale_of(last, mb=0, now=NOW)
    assert (sale.refused, sale.offered_mb) == (None, 1_000)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"package": "another"}, operations.LineUnknown),
        ({"as_of": NOW - timedelta(days=40)}, operations.LineIdle),
        ({"used_mb": 20_000}, operations.TooLittleLeft),
    ],
)
def test_what_the_carrier_says_decides(
    ways: list[bool], change: dict[str, object], refusal: type[Exception]
) -> None:
    book, seller = a_book(), a_trader()
    line = a_line(seller, surplus_mb=500)
    Usage.objects.filter(msisdn=line.number.msisdn).update(**change)
    with pytest.raises(refusal):
        an_order(seller, book, "S", 80, 1, line=line)
    assert ways == [False]


def test_a_number_that_went_to_another_sells_nothing(ways: list[bool]) -> None:
    book, seller = a_book(), a_trader()
    line = a_line(seller, surplus_mb=500)
    Number.objects.filter(pk=line.number.pk).update(holder=a_trader())
    # The caller's view of the number is a moment old.
    with pytest.raises(operations.LineUnknown):
        an_order(seller, book, "S", 80, 1, line=line)
    assert ways == [False]


def _of_tier_zero(seller: Holder) -> None:
    seller.tier = 0
    seller.save(update_fields=["tier"])


def _of_an_age_not_known(seller: Holder) -> None:
    seller.birth_year = None
    seller.save(update_fields=["birth_year"])


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (_of_tier_zero, operations.TierTooLow),
        (_of_an_age_not_known, operations.TooYoung),
    ],
)
def test_a_sale_has_its_owner_looked_at_too(
    ways: list[bool], change: Callable[[Holder], None], refusal: type[Exception]
) -> None:
    book, seller = a_book(), a_trader()
    line = a_line(seller, surplus_mb=500)
    change(seller)
    with pytest.raises(refusal):
        an_order(seller, book, "S", 80, 1, line=line)
    assert ways == [False]


def test_a_member_of_an_organisation_sells_the_longer_way(ways: list[bool]) -> None:
    book, seller = a_book(), a_trader()
    line = a_line(seller, surplus_mb=500)
    assert seller.user is not None
    Member.objects.create(organisation=an_organisation(), user=seller.user, role=Member.Role.OWNER)
    assert an_order(seller, book, "S", 80, 1, line=line).state == Order.State.ACCEPTED
    assert ways == [False]


def test_what_only_all_sums_allow_is_sold_at_once_as_well(ways: list[bool]) -> None:
    book, seller = a_book(), a_trader()
    line = a_line(seller, surplus_mb=1_000, allowance_mb=4_000)
    # Nothing but what is deposited is left; 500 MB of it must stay.
    Usage.objects.filter(msisdn=line.number.msisdn).update(used_mb=4_000)
    an_order(seller, book, "S", 80, 5, line=line)
    with pytest.raises(operations.TooLittleLeft):
        an_order(seller, book, "S", 80, 1, line=line)
    assert ways == [True, False]


def test_what_only_another_package_allows_is_sold_at_once_as_well(ways: list[bool]) -> None:
    book, seller = a_book(), a_trader()
    line = a_line(seller, surplus_mb=5_000, allowance_mb=1_000)
    other = Usage.objects.get(msisdn=line.number.msisdn)
    other.pk, other.package = None, "another"
    other.save(force_insert=True)
    an_order(seller, book, "S", 80, 5, line=line)
    # Half of the 2,000 MB of both.
    an_order(seller, book, "S", 80, 5, line=line)
    with pytest.raises(operations.ShareOfAllowancePassed):
        an_order(seller, book, "S", 80, 1, line=line)
    assert ways == [True, True, False]


def test_what_is_deposited_is_not_left_twice(ways: list[bool]) -> None:
    book, seller = a_book(), a_trader()
    a_policy("trade.must_remain_mb", 600)
    reachable("CT")
    own_data_kept(seller, mb=1_500)
    line = operations.Line(number=seller.numbers.get(), package=PACKAGE)
    # All of the 1,500 MB that the carrier attests is deposited.
    an_order(seller, book, "S", 80, 5, line=line)
    with pytest.raises(operations.TooLittleLeft):
        an_order(seller, book, "S", 80, 5, line=line)
    assert ways == [True, False]


def test_what_was_bust_may_be_sold_at_once_again(ways: list[bool]) -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    line = a_line(seller, surplus_mb=5_000, allowance_mb=2_000)
    an_order(seller, book, "S", 80, 10, line=line)
    an_order(buyer, book, "B", 80, 2)
    drained(book)
    made = propose_bust(
        trades=[Trade.objects.get()], reason=WHY, by=controller(), key=uuid.uuid4(), now=NOW
    )
    approve_proposal(proposal=made.pk, by=controller(), now=NOW)
    drained(book)
    # Half of 2,000 MB was offered, and two lots of it came back.
    an_order(seller, book, "S", 80, 2, line=line)
    with pytest.raises(operations.ShareOfAllowancePassed):
        an_order(seller, book, "S", 80, 1, line=line)
    assert ways == [True, True, True, False]


def test_nothing_is_sold_at_once_once_the_service_ends(ways: list[bool]) -> None:
    book, seller = a_book(), a_trader()
    line = a_line(seller, surplus_mb=500)
    a_wind_down()
    with pytest.raises(ServiceEnding):
        an_order(seller, book, "S", 80, 1, line=line)
    assert ways == [False]


def test_a_sale_asked_for_again_is_the_first(ways: list[bool]) -> None:
    book, seller, key = a_book(), a_trader(), uuid.uuid4()
    line = a_line(seller, surplus_mb=500)
    placed = [
        operations.place_order(
            holder=seller, book=book, side="S", price_coins=80, lots=1, line=line, key=key, now=NOW
        )
        for _ in range(2)
    ]
    assert (ways, placed[0]) == ([True, False], placed[1])
    assert Event.objects.filter(holder=seller).count() == 1


def test_nothing_is_sold_before_its_caps_are_in_force() -> None:
    seller = a_trader()
    order = an_order(seller, a_book(), "S", 80, 1, line=a_line(seller, surplus_mb=500))
    with pytest.raises(PolicyUnset):
        sale_of(order, mb=100, now=NOW - timedelta(days=36_500))
