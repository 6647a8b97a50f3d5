"""What partners decide is posted once: paid for, or given back where it came from."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from ledger.models import Transaction
from ledger.queries import coins_in
from tests import given
from tests.given_catalog import CODE, a_market, buy, goods, switch_all_on
from tests.given_merchants import a_code
from tests.wallet.catalog.world import SILENT, places, told
from wallet.carriers.adaptors.contract import Statement
from wallet.carriers.instructions.operations import report_undecided
from wallet.carriers.models import Break, Carrier, Instruction
from wallet.carriers.reconciliation.operations import reconcile_days
from wallet.catalog.models import Purchase
from wallet.catalog.operations import (
    NotYourNumber,
    PartnerBudgetSpent,
    PointsLimitPassed,
    PriceChanged,
    ProductNotOffered,
    buy_product,
    collect_points,
)
from wallet.catalog.tasks import settle
from wallet.holders.models import Holder
from wallet.holders.operations import HolderFrozen, WalletFull, freeze_holder
from wallet.holders.queries import main_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_books")]


@pytest.fixture
def holder() -> Holder:
    return given.a_holder(coins=500)


def test_delivered_is_owed_to_the_partner(holder: Holder) -> None:
    with a_market() as market:
        row = buy(holder, count=2)
        market.serve()
    assert places(row) == (440, 0, 60, 0)
    assert (row.state, row.ended_at) == ("delivered", given.NOW)
    assert told(holder) == [("purchase_delivered", "")]


def test_refused_comes_back_by_itself(holder: Holder) -> None:
    with a_market("--sold-out", "music-month") as market:
        row = buy(holder)
        market.serve()
    assert places(row) == (500, 0, 0, 0)
    assert told(holder) == [("purchase_refunded", "out_of_stock")]


def test_a_lost_answer_is_unknown_until_it_is_asked_for(holder: Holder) -> None:
    with a_market(*SILENT) as market:
        row = buy(holder)
        market.serve()
        assert places(row) == (470, 30, 0, 0)
        assert Instruction.objects.get(pk=row.pk).state == "unknown"
        market.wait(hours=1)
        market.serve()
    assert places(row) == (470, 0, 30, 0)


def test_a_statement_decides_what_no_answer_does(holder: Holder) -> None:
    with a_market(*SILENT) as market:
        row = buy(holder)
        market.serve()
        market.read_final_statements()
    assert places(row) == (470, 0, 30, 0)
    assert Break.objects.count() == 0


def test_what_a_final_statement_does_not_list_comes_back(holder: Holder) -> None:
    with a_market("--error-500", "0.5", "--seed", "2") as market:
        rows = []
        for _ in range(20):
            rows.append(buy(holder, "comics-week"))
            market.serve()
            # Several failures in a row would leave the others unsent.
            Carrier.parties.update(misses=0, rests_until=None)
        unknown = Instruction.objects.filter(state="unknown").count()
        market.read_final_statements()
    for row in rows:
        row.refresh_from_db()
    # Half of the 500s came after the work was done: both ends stand in the statement.
    assert unknown
    assert {row.state for row in rows} == {"delivered", "refunded"}
    assert {reason for kind, reason in told(holder) if kind == "purchase_refunded"} == {
        "not_listed"
    }
    assert Break.objects.count() == 0


def test_another_product_on_the_statement_proves_nothing(
    holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_market(*SILENT) as market:
        row = buy(holder)
        market.serve()
        statement = market.adaptor.statement

        def strange(*, day: date) -> Statement:
            found = statement(day=day)
            return replace(
                found, lines=(replace(line, product="comics-week") for line in found.lines)
            )

        monkeypatch.setattr(market.adaptor, "statement", strange)
        market.read_final_statements()
    assert places(row) == (470, 30, 0, 0)
    assert [found.kind for found in Break.objects.all()] == ["amount_differs"]


def test_what_is_undecided_for_two_days_is_an_admins(holder: Holder) -> None:
    with a_market("--down") as market:
        row = buy(holder)
        market.serve()
        market.wait(hours=48)
        report_undecided(now=market.now)
        (found,) = Break.objects.all()
    assert (found.kind, found.reference, found.carrier_id) == (
        "undecided",
        str(row.pk),
        market.partner.pk,
    )
    assert places(row) == (470, 30, 0, 0)


def test_points_become_coins_when_they_were_taken(holder: Holder) -> None:
    switch_all_on()
    with a_market(coins=100) as market:
        row = buy(holder, "points-100-in", count=10)
        assert places(row) == (500, 80, 0, 20)
        market.serve()
        assert places(row) == (580, 0, 0, 20)
        assert told(holder) == [("points_paid", "")]
        # The member had 1,000 points; the next hundred is not there.
        again = buy(holder, "points-100-in")
        market.serve()
        assert places(again) == (580, 0, 0, 20)
    assert told(holder)[1:] == [("points_not_taken", "points_short")]


def test_points_are_taken_of_ones_own_number_and_never_beyond_the_budget(holder: Holder) -> None:
    switch_all_on()
    with a_market(coins=100) as market:
        with pytest.raises(NotYourNumber):
            buy(holder, "points-100-in", msisdn=given.an_msisdn())
        with pytest.raises(PriceChanged):
            buy(holder, "points-100-in", coins=800)
        with pytest.raises(PartnerBudgetSpent):
            buy(holder, "points-100-in", count=13)
        a_code(market.partner.merchant, coins=90)  # promised to whoever scans it
        with pytest.raises(PartnerBudgetSpent):
            buy(holder, "points-100-in", count=2)
        with pytest.raises(ProductNotOffered):
            _order(collect_points, holder, "music-month")
        with pytest.raises(ProductNotOffered):
            _order(buy_product, holder, "points-100-in")
        freeze_holder(holder=market.partner.merchant.holder, now=given.NOW)
        with pytest.raises(HolderFrozen):
            buy(holder, "points-100-in")
    assert Transaction.objects.filter(kind="points_in").count() == 0


def _order(order: Callable[..., Purchase], holder: Holder, sku: str) -> Purchase:
    product = goods(sku)
    return order(
        holder=holder,
        product=product,
        count=1,
        coins=product.coins,
        msisdn=holder.numbers.get().msisdn,
        key=product.pk,
        now=given.NOW,
    )


def test_points_in_are_capped_a_day_and_by_the_wallet() -> None:
    switch_all_on()
    rich = given.a_holder(coins=9_900)
    poor = given.a_holder()
    with a_market(coins=5_000):
        buy(rich, "points-100-in", count=12)
        with pytest.raises(WalletFull):  # what is on its way is counted
            buy(rich, "points-100-in")
        for _ in range(6):
            buy(poor, "points-100-in", count=20)  # 160 coins each
        with pytest.raises(PointsLimitPassed) as refused:
            buy(poor, "points-100-in", count=6)
    assert refused.value.fields == {"coins_max": 1_000, "left": 40}


def test_the_task_settles_what_waits(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_market() as market:
        row = buy(holder)
        Instruction.objects.filter(pk=row.pk).update(state="delivered", decided_at=market.now)
        monkeypatch.setattr("django.utils.timezone.now", lambda: given.NOW)
        settle()
        settle()
    assert places(row) == (470, 0, 30, 0)
    assert coins_in(main_of(holder)) == 470


def test_a_partners_day_is_compared_three_ways(holder: Holder) -> None:
    with a_market() as market:
        buy(holder, count=2)
        market.serve()
        market.read_final_statements()
        (row,) = reconcile_days(carrier=CODE, days=[given.NOW.date()], now=market.now)
    assert row.state == "agrees"
    assert (row.lines, row.ours, row.settled, row.booked) == (1, 1, 1, 1)
    assert row.lines_mb == row.booked_mb == 2
