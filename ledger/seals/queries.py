"""Reads of the tree: its heads, and proofs of what it holds."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection

from ledger.rules import month_name
from ledger.seals.models import Head
from ledger.seals.rules import (
    Range,
    TreeHead,
    complete_subtrees,
    consistency_ranges,
    hash_of_range,
    inclusion_ranges,
    instant_text,
    is_signed,
)

_NODES = """
    SELECT level, place, hash FROM public.ledger_seal_node
    WHERE (level, place) IN (SELECT * FROM unnest(%s::smallint[], %s::bigint[]))
"""


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


def signatures_examined() -> tuple[int, int, str | None]:
    """Return how many heads there are, how many have a wrong signature, and the first of those."""
    examined, wrong = 0, []
    for head in Head.objects.order_by("id").iterator():
        examined += 1
        key, signature = bytes(head.public_key), bytes(head.signature)
        if not is_signed(tree_head(head), public_key=key, signature=signature):
            wrong.append(f"the head of size {head.size} has a wrong signature")
    return examined, len(wrong), wrong[0] if wrong else None
