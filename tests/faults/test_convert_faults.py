"""Carriers that fall silent, lie or are down, and a worker killed while one is called."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from tests import given
from tests.faults.workers import a_worker, ask, kill
from tests.races.threads import at_once
from tests.waiting import until
from tests.wallet.carriers.simulators import PlayedClock, a_simulator, speaking_to
from tests.wallet.convert.world import World, carriers, convert, listed, reachable
from wallet.carriers.adaptors.contract import Outcome
from wallet.carriers.instructions.operations import give_up_unsent, report_undecided
from wallet.carriers.instructions.rules import day_of
from wallet.carriers.models import Break, Carrier, Instruction
from wallet.carriers.queries import carriers_with_work
from wallet.convert.models import Conversion
from wallet.holders.models import Holder
from wallet.holders.queries import main_of

pytestmark = pytest.mark.own_database

# More to CU than a breaker lets through: those it opens on (five, and what is under way then),
# and one probe a round.
TO_CT, TO_CU, COINS = 35, 25, 7
WORKERS = 3
ROUNDS = 12
FAULTS = [
    *("--timeout-after-apply", "0.2", "--hang-ms", "0"),
    *("--duplicate", "0.05", "--error-500", "0.1", "--seed", "7"),
]
SERVING = "default,carrier.CT"


def states(carrier: str) -> Counter[str]:
    rows = Conversion.objects.filter(carrier=carrier).values_list("state", flat=True)
    return Counter(rows)


def broken() -> list[tuple[str, str]]:
    return [(one.name, one.first_broken) for one in findings() if not one.is_clean]


def work_side_by_side(world: World) -> None:
    """Have several workers serve the carriers at once, and post what they decide, for a while."""
    for _ in range(ROUNDS):
        assert at_once(lambda _: world.serve(), threads=WORKERS) == [None] * WORKERS
        world.wait(seconds=45)


def assert_nothing_was_lost_or_paid_twice(world: World, holder: Holder) -> None:
    """Compare the books with what the carriers' statements list."""
    lines = listed(world)
    rows = {str(row.instruction_id): row for row in Conversion.objects.filter(carrier="CT")}
    assert {ref: mb for ref, mb in lines.items() if mb != [COINS]} == {}
    assert set(lines) == {ref for ref, row in rows.items() if row.state == "delivered"}
    waiting = Conversion.objects.filter(state="on_its_way").count()
    paid = coins_in("carrier/CT/payable") + coins_in("carrier/CU/payable")
    assert paid == len(lines) * COINS
    assert coins_in(main_of(holder)) + waiting * COINS + paid == (TO_CT + TO_CU) * COINS


def test_sixty_conversions_over_bad_carriers_end_once_each() -> None:
    holder = given.a_holder(coins=(TO_CT + TO_CU) * COINS)
    with carriers(CT=FAULTS, CU=["--down"]) as world:
        for _ in range(TO_CT):
            convert(holder, coins=COINS)
        for _ in range(TO_CU):
            convert(holder, coins=COINS, msisdn=given.an_msisdn(carrier="CU"))
        work_side_by_side(world)
        assert Instruction.objects.filter(carrier="CT", attempts__gt=1).exists()
        world.read_final_statements()
        # CT's statements decided what its silence had left open; nobody can tell about CU.
        assert states("CT").keys() <= {"delivered", "refunded"}
        assert states("CU") == {"on_its_way": TO_CU}
        assert_nothing_was_lost_or_paid_twice(world, holder)
        assert broken() == []
    # Some were sent, by calls that tried whether it is back; the others never left us.
    sent = Instruction.objects.filter(carrier="CU", submitted_at__isnull=False).count()
    assert 0 < sent < TO_CU
    assert len(give_up_unsent(now=world.now)) == TO_CU - sent
    assert len(report_undecided(now=world.now)) == sent
    delivered = states("CT")["delivered"]
    with carriers(at=world.now, CU=[]) as world:
        world.read_final_statements()
    assert states("CU") == {"refunded": TO_CU}
    assert coins_in(main_of(holder)) == (TO_CT + TO_CU - delivered) * COINS
    assert set(Break.objects.values_list("kind", flat=True)) == {Break.Kind.UNDECIDED}
    assert broken() == []


def test_a_carrier_that_is_down_delays_no_other() -> None:
    holder = given.a_holder(coins=2 * COINS)
    with carriers(CU=["--down"], CT=[]) as world:
        convert(holder, coins=COINS, msisdn=given.an_msisdn(carrier="CU"))
        convert(holder, coins=COINS)
        world.serve()
    assert (states("CU"), states("CT")) == ({"on_its_way": 1}, {"delivered": 1})


def test_one_key_sent_many_times_at_once_sets_coins_aside_once() -> None:
    holder, number, key = given.a_holder(coins=100), given.an_msisdn(), UUID(int=7)
    reachable("CT")
    ended = at_once(lambda _: convert(holder, msisdn=number, coins=COINS, key=key).pk, threads=20)
    assert len(set(ended)) == 1
    assert coins_in(main_of(holder)) == 100 - COINS
    assert Instruction.objects.count() == 1
    assert broken() == []


def test_the_last_coins_are_converted_once() -> None:
    holder = given.a_holder(coins=COINS)
    reachable("CT")
    at_once(lambda _: convert(holder, coins=COINS), threads=12)
    assert Conversion.objects.count() == 1
    assert coins_in(main_of(holder)) == 0
    assert broken() == []


def test_what_a_killed_worker_was_calling_is_asked_for_by_the_next(own_database: str) -> None:
    now = timezone.now()
    holder = given.a_holder(coins=100, now=now)
    soon = PlayedClock()
    soon.at = now + timedelta(minutes=1)
    # It applies what it is told and leaves every caller hanging.
    with (
        a_simulator("--timeout-after-apply", "1", "--hang-ms", "60000") as url,
        speaking_to(url=url, clock=soon) as onlooker,
    ):
        Carrier.objects.filter(pk="CT").update(base_url=url)
        row = convert(holder, coins=COINS, now=now)
        with a_worker(database=own_database, queue=SERVING) as first:
            ask("wallet.carriers.serve_all", queue="default")
            until(lambda: onlooker.status(ref=str(row.pk)).outcome is Outcome.DELIVERED)
            kill(first)
        asked = Instruction.objects.get()
        assert (asked.state, asked.attempts) == ("submitted", 1)
        assert asked.lease_until is not None
        with a_worker(database=own_database, queue=SERVING):
            # While the lease lasts, nobody else takes the call up; here it ends at once.
            assert carriers_with_work(now=asked.lease_until - timedelta(seconds=1)) == []
            Instruction.objects.update(lease_until=now)
            ask("wallet.carriers.serve_all", queue="default")
            until(lambda: states("CT") == {"delivered": 1})
        lines = [line.ref for line in onlooker.statement(day=day_of(now)).lines]
    assert lines == [str(row.pk)]
    assert Instruction.objects.get().attempts == 2
    assert (coins_in(main_of(holder)), coins_in("carrier/CT/payable")) == (100 - COINS, COINS)
    assert broken() == []
