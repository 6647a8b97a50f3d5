"""The arithmetic of an RFC 9162 tree, and the signatures of its heads."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.rules import month_name

Range = tuple[int, int]  # leaves from the first up to, not including, the second
EMPTY = hashlib.sha256(b"").digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """What a signature is over: the tree's root at a size, and the month it ends, if it does."""

    size: int
    root: bytes
    month: date | None
    at: datetime

    def signed_text(self) -> bytes:
        """Return the bytes that are signed."""
        fields = (
            "flow-coin head v1",
            str(self.size),
            self.root.hex(),
            month_name(self.month) if self.month else "-",
            instant_text(self.at),
        )
        return "".join(f"{field}\n" for field in fields).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """What both keys sign when one follows the other: from which size and when it signs heads."""

    previous: bytes
    key: bytes
    from_size: int
    at: datetime

    def signed_text(self) -> bytes:
        """Return the bytes that are signed."""
        fields = (
            "flow-coin key v1",
            self.previous.hex(),
            self.key.hex(),
            str(self.from_size),
            instant_text(self.at),
        )
        return "".join(f"{field}\n" for field in fields).encode()


def instant_text(at: datetime) -> str:
    """Return an instant as RFC 3339 in UTC, with microseconds."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def sign(said: TreeHead | KeyChange, *, key: bytes) -> bytes:
    """Return the Ed25519 signature (64 bytes) by a private key (32 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(key).sign(said.signed_text())


def public_key_of(key: bytes) -> bytes:
    """Return the public key (32 bytes) of a private key (32 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def is_signed(said: TreeHead | KeyChange, *, public_key: bytes, signature: bytes) -> bool:
    """Tell whether a signature is good."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, said.signed_text())
    except InvalidSignature:
        return False
    return True


def joined(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees under one node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_subtrees(leaves: Range) -> Iterator[tuple[int, int]]:
    """Yield the complete subtrees (level, place) that make up a range, left to right.

    The range begins where a subtree as large as itself may begin, as every range of a proof does.
    """
    first, end = leaves
    while first < end:
        level = (end - first).bit_length() - 1
        yield level, first >> level
        first += 1 << level


def hash_of_range(leaves: Range, *, node: Callable[[tuple[int, int]], bytes]) -> bytes:
    """Return the hash of a range of leaves from the hashes of complete subtrees."""
    hashes = [node(place) for place in complete_subtrees(leaves)]
    if not hashes:
        return EMPTY
    found = hashes.pop()
    while hashes:
        found = joined(hashes.pop(), found)
    return found


def inclusion_ranges(*, position: int, size: int) -> list[Range]:
    """Return whose hashes prove that a leaf is in a tree, from the leaf upwards (RFC 9162, 2.1.3)."""
    first, end = 0, size
    path: list[Range] = []
    while end - first > 1:
        middle = first + _left_leaves(end - first)
        if position < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((first, middle))
            first = middle
    return path[::-1]


def consistency_ranges(*, earlier: int, size: int) -> list[Range]:
    """Return whose hashes prove that a tree continues an earlier one (RFC 9162, 2.1.4)."""
    first, end, whole = 0, size, True
    path: list[Range] = []
    while earlier != end:
        middle = first + _left_leaves(end - first)
        if earlier <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((first, middle))
            first, whole = middle, False
    if not whole:
        path.append((first, end))
    return path[::-1]


def is_consistent(
    *, earlier: int, earlier_root: bytes, size: int, root: bytes, path: list[bytes]
) -> bool:
    """Tell whether a proof shows that a tree continues an earlier one (RFC 9162, 2.1.4.2)."""
    if earlier == size:
        return not path and earlier_root == root
    if not 0 < earlier < size or not path:
        return False
    hashes = [earlier_root, *path] if earlier & (earlier - 1) == 0 else list(path)
    node, last = earlier - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = joined(other, old), joined(other, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = joined(new, other)
        node, last = node >> 1, last >> 1
    return last == 0 and old == earlier_root and new == root


def _left_leaves(leaves: int) -> int:
    """Return the largest power of two below a number of leaves."""
    return 1 << ((leaves - 1).bit_length() - 1)
