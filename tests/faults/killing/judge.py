"""What must hold after every kill, and at the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, connections

from config.embedded.postgres import Postgres
from ledger.models import Transaction
from ledger.proofs.proofs import PROOFS
from ledger.proofs.queries import finding_of
from ledger.rules import Posting
from ledger.seals.operations import append_committed
from ledger.seals.proofs import PROOFS as SEAL_PROOFS
from tests.faults.killing.plan import Call, balances_after, call_of, funding

ENTRIES = """
    SELECT e.transaction_id, a.address, a.asset, e.amount
    FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
    WHERE e.transaction_id = ANY (%s)
"""
BALANCES = """
    SELECT a.address, a.asset, sum(e.amount)::bigint
    FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Client:
    """How far a client has come: calls acknowledged, and at the last look."""

    place: int
    acknowledged: int
    looked_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one look found: calls acknowledged since the last, and calls in doubt."""

    acknowledged: int
    doubtful_there: int
    doubtful_gone: int


def look_at(server: Postgres) -> None:
    """Point Django at the server, which has another port after each start."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections.settings[alias]["PORT"] = server.state.postgres_port
        connections[alias].settings_dict["PORT"] = server.state.postgres_port


def judged(*, clients: Sequence[Client], seed: int) -> Verdict:
    """Hold the books against what the clients know, since the last look.

    Every acknowledged call is there; the one after it is there whole or not at all; nothing is
    after that; each posting's entries are its legs; every proof of the ledger is clean.
    """
    there = gone = since = 0
    for client in clients:
        numbers = range(client.looked_at, client.acknowledged)
        calls = [call_of(seed=seed, client=client.place, number=number) for number in numbers]
        _assert_there(calls)
        since += len(calls)
        doubtful = call_of(seed=seed, client=client.place, number=client.acknowledged)
        found = _found(doubtful.ids)
        assert found in (set(), doubtful.ids), f"{found} of {doubtful.ids} is half there."
        if found:
            _assert_there([doubtful])
        there, gone = there + bool(found), gone + (not found)
        never_sent = call_of(seed=seed, client=client.place, number=client.acknowledged + 1)
        assert _found(never_sent.ids) == set(), f"{never_sent.ids} was never sent."
    _assert_clean(proof for proof in PROOFS)
    return Verdict(acknowledged=since, doubtful_there=there, doubtful_gone=gone)


def _found(ids: Iterable[UUID]) -> set[UUID]:
    return set(Transaction.objects.filter(pk__in=list(ids)).values_list("id", flat=True))


def _assert_there(calls: Sequence[Call]) -> None:
    legs = {
        (posting.id, leg.address, leg.asset, leg.amount)
        for call in calls
        for posting in call.postings
        for leg in posting.legs
    }
    ids = {leg[0] for leg in legs}
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, [list(ids)])
        entries = cursor.fetchall()
    assert _found(ids) == ids, f"Acknowledged and lost: {ids - _found(ids)}"
    assert len(entries) == len(legs)
    assert set(entries) == legs


def _assert_clean(proofs: Iterable[object]) -> None:
    findings = [finding_of(proof) for proof in proofs]  # type: ignore[arg-type]
    assert [finding for finding in findings if not finding.is_clean] == []


def judged_at_the_end(*, clients: int, seed: int, goal: int) -> tuple[int, int]:
    """Hold the books against the whole plan, each call posted once; return postings and entries."""
    planned: list[Posting] = funding()
    for client in range(clients):
        for number in range(goal):
            planned += call_of(seed=seed, client=client, number=number).postings
    with connection.cursor() as cursor:
        cursor.execute(BALANCES)
        balances = {(address, asset): amount for address, asset, amount in cursor.fetchall()}
    assert balances == balances_after(planned)
    assert Transaction.objects.count() == len(planned)
    assert append_committed() == len(planned)
    _assert_clean((*PROOFS, *SEAL_PROOFS))
    return len(planned), sum(len(posting.legs) for posting in planned)
