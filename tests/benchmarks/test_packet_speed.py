"""How many openings of one red packet a second, asked for by many clients at once."""

import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from uuid import UUID, uuid4

import pytest
from django.db import connections

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from tests import given
from tests.benchmarks import processor
from tests.benchmarks.books import size
from tests.given_packets import a_giver
from wallet.holders.models import Holder, User
from wallet.holders.queries import main_of
from wallet.packets.models import Packet
from wallet.packets.operations import open_packet, send_packet
from wallet.packets.queries import packet_facts, packet_with
from wallet.packets.rules import packet_address
from wallet.packets.verify_packet import verify
from wallet.policy.models import PolicyRow

pytestmark = pytest.mark.own_database

SHARES = size(measured=5_000, tried=500)
CLIENTS = 64
PROCESSES = 4
ALL_AT_ONCE = get_context("fork").Barrier(CLIENTS + 1)


def _opened(
    packet_id: UUID, people: list[UUID], first_id: UUID, others: list[UUID]
) -> tuple[list[float], float]:
    """Open a packet for these people with this process's part of the clients.

    Each client is one that has opened a share before, of another packet: connections live long,
    and what a new one reads of the catalogue is not the cost of an opening. Returns the waits and
    the processor time of them all (s).
    """
    packet, first = Packet.objects.get(pk=packet_id), Packet.objects.get(pk=first_id)
    connections.close_all()
    threads = CLIENTS // PROCESSES

    def client(place: int) -> tuple[list[float], float]:
        holders = list(Holder.objects.filter(pk__in=people[place::threads]))
        waits = []
        open_packet(packet=first, claimer=Holder.objects.get(pk=others[place]), now=given.NOW)
        ALL_AT_ONCE.wait()
        ALL_AT_ONCE.wait()
        used = time.thread_time()
        for holder in holders:
            begun = time.perf_counter()
            open_packet(packet=packet, claimer=holder, now=given.NOW)
            waits.append(time.perf_counter() - begun)
        used = time.thread_time() - used
        connections.close_all()
        return waits, used

    with ThreadPoolExecutor(threads) as pool:
        done = list(pool.map(client, range(threads)))
    return [wait for waits, _ in done for wait in waits], sum(used for _, used in done)


def _many_people(count: int) -> list[UUID]:
    """Return people as rows alone: their wallets open with the first posting."""
    given.open_ledger()
    users = [User(phone=f"+86{given.an_msisdn()}") for _ in range(count)]
    User.objects.bulk_create(users)
    people = [Holder(kind="person", user=user, opened_at=given.NOW) for user in users]
    Holder.objects.bulk_create(people)
    return [holder.pk for holder in people]


def _a_packet(shares: int) -> Packet:
    return send_packet(
        sender=a_giver(coins=4 * shares),
        kind="lucky",
        coins=4 * shares,
        share_count=shares,
        key=uuid4(),
        now=given.NOW,
    )


def test_openings_a_second() -> None:
    people, others = _many_people(SHARES), _many_people(CLIENTS)
    PolicyRow.objects.create(
        key="packet.shares_max",
        value=SHARES,
        starts_at=given.NOW,
        set_at=given.NOW,
        set_by="benchmark",
        reason="a friend for each share",
    )
    packet, first = _a_packet(SHARES), _a_packet(CLIENTS)
    connections.close_all()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        jobs = [
            pool.submit(
                _opened, packet.pk, people[place::PROCESSES], first.pk, others[place::PROCESSES]
            )
            for place in range(PROCESSES)
        ]
        ALL_AT_ONCE.wait()
        server = processor.of_server()
        begun = time.perf_counter()
        ALL_AT_ONCE.wait()
        done = [job.result() for job in jobs]
        took = time.perf_counter() - begun
    server = processor.of_server() - server
    waits = sorted(wait for some, _ in done for wait in some)
    clients = sum(used for _, used in done)
    half, late = waits[SHARES // 2] * 1000, waits[SHARES * 99 // 100] * 1000
    print(  # noqa: T201
        f"\n{SHARES:,} openings by {CLIENTS} clients: {SHARES / took:,.0f}/s,"
        f" p50 {half:.0f} ms, p99 {late:.0f} ms;"
        f" a share costs {server / SHARES * 1000:.2f} ms of the server's processor,"
        f" {clients / SHARES * 1000:.2f} ms of the clients'"
    )
    assert coins_in(packet_address(packet.pk)) == 0
    assert sum(coins_in(main_of(Holder(pk=person))) for person in people) == packet.coins
    assert packet.shares.filter(claimer=None).count() == 0
    assert [found for found in findings() if not found.is_clean] == []
    print("\n".join(verify(packet_facts(packet_with(packet.pk)))))  # noqa: T201
