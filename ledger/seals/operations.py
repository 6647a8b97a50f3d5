"""Append what was committed to the tree, and sign its heads."""

from datetime import date, datetime

from django.conf import settings
from django.db import connection, connections

from ledger.operations import refusing
from ledger.refusals import NotSealed, SealKeyChangeRefused
from ledger.rules import month_name
from ledger.seals.models import Head, SealKey
from ledger.seals.queries import head_of_month, latest_head, root_of, seal_keys, tree_size
from ledger.seals.rules import KeyChange, TreeHead, public_key_of, sign

BATCH_TRANSACTIONS = 5_000
OWNER = "owner"


def append_committed() -> int:
    """Append every transaction that lies below the commit horizon now, and return the tree's size.

    Must run outside a database transaction: what a transaction itself posted is above its horizon.

    Raises:
        LegsBroken: a transaction's entries are not its legs.
        CopyNotDeclared: the database was restored and `ledger_restored` was not run.
    """
    size = tree_size()
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.ledger_analyse_new_partitions_v1()")
    while True:
        with refusing(), connection.cursor() as cursor:
            cursor.execute("SELECT public.ledger_seal_append_v2(%s)", [BATCH_TRANSACTIONS])
            before, size = size, int(cursor.fetchone()[0])
        # Less than it might have taken is all there was below the horizon. Going on until nothing
        # is new would go on for as long as others post.
        if size - before < BATCH_TRANSACTIONS:
            return size


def seal_committed(*, now: datetime) -> Head | None:
    """Append what was committed and sign the tree's head, if it grew; return the latest head.

    Raises:
        NotTheSealKey: this process has another key than the one that signs now.
        LegsBroken, CopyNotDeclared: as `append_committed`.
    """
    size = append_committed()
    latest = latest_head()
    if size and (latest is None or latest.size < size):
        _keep_head(size=size, month=None, now=now)
    return latest_head()


def seal_month(*, month: date, now: datetime) -> Head:
    """Append what was committed, and sign the head that holds all of a closing month.

    Asked again, the first head comes back.

    Raises:
        NotSealed: a transaction of the month is still above the commit horizon.
        NotTheSealKey: this process has another key than the one that signs now.
        LegsBroken, CopyNotDeclared: as `append_committed`.
    """
    head = head_of_month(month)
    if head is None:
        _keep_head(size=append_committed(), month=month, now=now)
        head = head_of_month(month)
    if head is None:
        raise NotSealed(f"The month {month_name(month)} has no head.", month=month_name(month))
    return head


def change_seal_key(*, key: bytes, previous: bytes | None, now: datetime) -> SealKey:
    """Let a private key (32 bytes) sign from here on, and return what is kept of it.

    Both keys sign that one follows the other; without the previous one, which is lost, those who
    hold only its public key cannot follow. As the owner; processes with the old key are refused.

    Raises:
        SealKeyChangeRefused: the key signed before, or the previous one is not that of now.
    """
    kept = seal_keys()
    public, owner = public_key_of(key), connections[OWNER]
    if not kept or public in {bytes(each.public_key) for each in kept}:
        raise SealKeyChangeRefused("The key signs already, or nothing was ever signed.")
    last = bytes(kept[-1].public_key)
    if previous is not None and public_key_of(previous) != last:
        raise SealKeyChangeRefused("The previous key is another than the one that signs now.")
    change = KeyChange(previous=last, key=public, from_size=tree_size(), at=now)
    by_previous = sign(change, key=previous) if previous else None
    with refusing(), owner.cursor() as cursor:
        cursor.execute(
            "SELECT public.ledger_seal_next_key_v1(%s, %s, %s, %s, %s)",
            [public, change.from_size, now, sign(change, key=key), by_previous],
        )
    return seal_keys()[-1]


def _keep_head(*, size: int, month: date | None, now: datetime) -> None:
    head = TreeHead(size=size, root=root_of(size), month=month, at=now)
    public, signature = public_key_of(settings.SEAL_KEY), sign(head, key=settings.SEAL_KEY)
    with refusing(), connection.cursor() as cursor:
        cursor.execute("SELECT public.ledger_seal_first_key_v1(%s, %s)", [public, now])
        cursor.execute(
            "SELECT public.ledger_seal_head_v2(%s, %s, %s, %s, %s)",
            [size, month, now, public, signature],
        )
