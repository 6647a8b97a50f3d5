"""Reads of the tree: its heads, and proofs of what it holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from django.conf import settings
from django.db import connection

from ledger.rules import month_name
from ledger.seals.models import Head, SealKey
from ledger.seals.rules import (
    KeyChange,
    Range,
    TreeHead,
    complete_subtrees,
    consistency_ranges,
    hash_of_range,
    inclusion_ranges,
    instant_text,
    is_signed,
    public_key_of,
)

_NODES = """
    SELECT level, place, hash FROM public.ledger_seal_node
    WHERE (level, place) IN (SELECT * FROM unnest(%s::smallint[], %s::bigint[]))
"""

_WAITING = """
    SELECT s.size, (SELECT count(*) FROM (
        SELECT FROM public.ledger_transaction t
        WHERE (t.epoch, t.xid) >= (s.epoch, s.xid)
          AND (t.epoch, t.xid, t.id) > (s.epoch, s.xid, s.transaction_id)
        ORDER BY t.epoch, t.xid LIMIT %s) AS waiting)
    FROM public.ledger_seal_state s
"""
WAITING_MAX = 10_000


def tree_size() -> int:
    """Return how many transactions are sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM public.ledger_seal_state")
        return int(cursor.fetchone()[0])


def root_of(size: int) -> bytes:
    """Return the root of the tree's first leaves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.ledger_seal_root_v1(%s)", [size])
        return bytes(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """How far sealing has come: transactions sealed and waiting, counted up to a bound."""

    size: int
    waiting: int
    is_more: bool
    head: Head | None


def sealing() -> Sealing:
    """Return how far sealing has come."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [WAITING_MAX + 1])
        size, waiting = cursor.fetchone()
    return Sealing(
        size=size,
        waiting=min(waiting, WAITING_MAX),
        is_more=waiting > WAITING_MAX,
        head=latest_head(),
    )


def latest_head() -> Head | None:
    """Return the signed head of the largest tree."""
    return Head.objects.order_by("-size", "-id").first()


def head_of_month(month: date) -> Head | None:
    """Return the head a closed month was sealed with."""
    return Head.objects.filter(month=month).first()


def head_that_holds(position: int) -> Head | None:
    """Return the first signed head of a tree that holds a leaf."""
    return Head.objects.filter(size__gt=position).order_by("size", "id").first()


def tree_head(head: Head) -> TreeHead:
    """Return what a kept head signs."""
    return TreeHead(size=head.size, root=bytes(head.root), month=head.month, at=head.at)


def head_fields(head: Head) -> dict[str, str | int | None]:
    """Return a signed head as it is published: numbers, and bytes in hexadecimal."""
    at: datetime = head.at
    return {
        "size": head.size,
        "root": bytes(head.root).hex(),
        "month": month_name(head.month) if head.month else None,
        "at": instant_text(at),
        "public_key": bytes(head.public_key).hex(),
        "signature": bytes(head.signature).hex(),
    }


def inclusion_path(*, position: int, size: int) -> list[bytes]:
    """Return the hashes that prove a leaf to be in the tree of a size."""
    return hashes_of(inclusion_ranges(position=position, size=size))


def consistency_path(*, earlier: int, size: int) -> list[bytes]:
    """Return the hashes that prove the tree of a size to continue an earlier, not empty one."""
    return hashes_of(consistency_ranges(earlier=earlier, size=size))


def hashes_of(ranges: Sequence[Range]) -> list[bytes]:
    """Return the hash of each range of leaves, all read at once."""
    places = {place for leaves in ranges for place in complete_subtrees(leaves)}
    nodes = _nodes(places)
    return [hash_of_range(leaves, node=nodes.__getitem__) for leaves in ranges]


def _nodes(places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    wanted = list(places)
    with connection.cursor() as cursor:
        cursor.execute(_NODES, [[level for level, _ in wanted], [place for _, place in wanted]])
        return {(level, place): bytes(hashed) for level, place, hashed in cursor.fetchall()}


def seal_keys() -> list[SealKey]:
    """Return every key that signs or signed heads, the first first."""
    return list(SealKey.objects.order_by("id"))


def key_fields(keys: Sequence[SealKey]) -> list[dict[str, str | int | None]]:
    """Return keys as they are published: from where to where each signs, and who says so."""
    return [
        {
            "public_key": bytes(key.public_key).hex(),
            "from_size": key.from_size,
            "from_at": instant_text(key.from_at),
            "until_size": after.from_size if after else None,
            "until_at": instant_text(after.from_at) if after else None,
            "signature": _hex(key.signature),
            "previous_signature": _hex(key.previous_signature),
        }
        for key, after in zip(keys, [*keys[1:], None], strict=True)
    ]


def is_head_signed(head: Head, *, keys: Sequence[SealKey] | None = None) -> bool:
    """Tell whether a head bears the signature of the key of its size, whatever stands beside it."""
    asked = seal_keys() if keys is None else keys
    signer = bytes(head.public_key)
    return signer in _signers(head.size, keys=asked) and is_signed(
        tree_head(head), public_key=signer, signature=bytes(head.signature)
    )


def broken_key(keys: Sequence[SealKey], *, key_now: bytes) -> str | None:
    """Say which key does not follow from the one before, or is not the one that signs now.

    What a later key signed tells the earlier one: from the key that signs now, which the process
    has from elsewhere, none before it can be another.
    """
    for before, key in pairwise(keys):
        change = KeyChange(
            previous=bytes(before.public_key),
            key=bytes(key.public_key),
            from_size=key.from_size,
            at=key.from_at,
        )
        said = [(change.key, key.signature)]
        if key.previous_signature is not None:
            said.append((change.previous, key.previous_signature))
        if key.from_size < before.from_size or not all(
            signature is not None
            and is_signed(change, public_key=signer, signature=bytes(signature))
            for signer, signature in said
        ):
            return f"the key {change.key.hex()} does not follow from the one before"
    if keys and bytes(keys[-1].public_key) != key_now:
        return "the last key is not the one this process has"
    return None


def signatures_examined() -> tuple[int, int, str | None]:
    """Return how many keys and heads there are, how many are wrong, and the first of those."""
    keys = seal_keys()
    broken = broken_key(keys, key_now=public_key_of(settings.SEAL_KEY))
    examined, wrong = len(keys), [broken] if broken else []
    for head in Head.objects.order_by("id").iterator():
        examined += 1
        if not is_head_signed(head, keys=keys):
            wrong.append(f"the head of size {head.size} has a wrong signature")
    return examined, len(wrong), wrong[0] if wrong else None


def _signers(size: int, *, keys: Sequence[SealKey]) -> set[bytes]:
    """Return the keys that may have signed a head of a size: two where one followed the other."""
    return {
        bytes(key.public_key)
        for key, after in zip(keys, [*keys[1:], None], strict=True)
        if key.from_size <= size and (after is None or size <= after.from_size)
    }


def _hex(raw: bytes | memoryview | None) -> str | None:
    return None if raw is None else bytes(raw).hex()
