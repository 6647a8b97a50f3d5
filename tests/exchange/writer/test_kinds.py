"""Orders of every kind, through acceptance and the writer: what trades, what rests, what returns."""

import pytest

from exchange.orders.models import Order, Trade
from exchange.orders.operations import BadTimeInForce
from ledger.queries import coins_in
from tests.exchange.proofs import assert_market_is_clean
from tests.given import a_book, a_trader, an_organisation, give_coins
from tests.given_market import a_buy, again, an_offer, drained
from wallet.holders.models import Holder, Member

pytestmark = pytest.mark.django_db


def _after(order: Order) -> tuple[str, str, int, int]:
    found = again(order)
    return found.state, found.reason, found.filled_lots, found.open_lots


def test_a_market_order_takes_what_is_within_its_guard() -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    for price in (60, 70, 90):
        an_offer(book, price, 1)
    order = a_buy(buyer, book, 75, 5, kind="market", time_in_force="IOC")
    drained(book)
    assert _after(order) == ("cancelled", "market", 2, 0)
    # 130 coins and 1 % of it, rounded up once; the rest of 5 × 75 is back.
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - 130 - 2
    assert_market_is_clean()


def test_a_market_sell_takes_bids_down_to_its_guard() -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    for price in (60, 50, 40):
        a_buy(buyer, book, price, 1)
    order = an_offer(book, 50, 3)
    Order.objects.filter(pk=order.pk).update(kind="market", time_in_force="IOC")
    drained(book)
    assert _after(order) == ("cancelled", "market", 2, 0)
    assert coins_in(f"holder/{order.holder_id}/proceeds/2026-11") == 110
    assert_market_is_clean()


@pytest.mark.parametrize("time_in_force", ["GTC", "POST"])
def test_a_market_order_never_stays(time_in_force: str) -> None:
    with pytest.raises(BadTimeInForce):
        a_buy(a_trader(coins=1_000), a_book(), 75, 1, kind="market", time_in_force=time_in_force)


@pytest.mark.parametrize(("lots", "traded"), [(3, True), (4, False)])
def test_all_or_nothing(lots: int, traded: bool) -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    an_offer(book, 60, 2)
    an_offer(book, 70, 1)
    order = a_buy(buyer, book, 70, lots, time_in_force="FOK")
    drained(book)
    expected = ("filled", "", 3, 0) if traded else ("rejected", "fok_unfilled", 0, 0)
    assert _after(order) == expected
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - (190 + 2 if traded else 0)
    assert_market_is_clean()


@pytest.mark.parametrize(("price", "rests"), [(59, True), (60, False)])
def test_what_only_makes_takes_nothing(price: int, rests: bool) -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    an_offer(book, 60, 1)
    order = a_buy(buyer, book, price, 1, time_in_force="POST")
    drained(book)
    assert _after(order) == (
        ("open", "", 0, 1) if rests else ("rejected", "post_would_trade", 0, 0)
    )
    assert not Trade.objects.exists()
    assert_market_is_clean()


def test_an_organisations_member_does_not_trade_with_it() -> None:
    book, organisation = a_book(), an_organisation()
    give_coins(organisation, 1_000)
    member, stranger = a_trader(coins=1_000), a_trader(coins=1_000)
    _join(organisation, member)
    an_offer(book, 60, 1, seller=None)
    offer = Order.objects.get()
    # As if the member's own line was offered.
    mine = a_buy(member, book, 50, 1)
    theirs = a_buy(organisation, book, 50, 1)
    assert mine.group == theirs.group != a_buy(stranger, book, 50, 1).group
    assert offer.group == offer.holder_id


def test_two_members_of_one_organisation_are_one_and_so_are_their_other_organisations() -> None:
    book = a_book()
    first, second = an_organisation(name="一"), an_organisation(name="二")
    one, two, three = (a_trader(coins=100) for _ in range(3))
    for organisation, member in ((first, one), (first, two), (second, two), (second, three)):
        _join(organisation, member)
    groups = {a_buy(holder, book, 50, 1).group for holder in (one, two, three)}
    assert groups == {min(holder.pk for holder in (first, second, one, two, three))}


def test_nobody_of_a_group_meets_its_own_orders() -> None:
    book, organisation, seller = a_book(), an_organisation(), a_trader()
    give_coins(organisation, 1_000)
    _join(organisation, seller)
    bid = a_buy(organisation, book, 70, 1)
    from tests.given import a_line

    a_line(seller, surplus_mb=100)
    offer = an_offer(book, 60, 1, seller=seller)
    drained(book)
    assert not Trade.objects.exists()
    assert _after(bid) == ("open", "", 0, 1)
    assert _after(offer) == ("cancelled", "self_trade", 0, 0)


def _join(organisation: Holder, member: Holder) -> None:
    assert member.user is not None
    Member.objects.create(organisation=organisation, user=member.user, role=Member.Role.MANAGER)
