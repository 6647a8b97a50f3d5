#!/usr/bin/env python3
"""Verify a receipt of a flow-coin transaction, offline: `verify_receipt.py FILE [PUBLIC_KEY]`.

Copy this file anywhere; it needs Python 3.11 and `cryptography`, nothing else. It shows that
the transaction, as the receipt tells it, is in the tree whose head was signed. Give the public
key (64 hexadecimal digits) as you had it from elsewhere: from a published month, or an older
receipt. Without it the key of the receipt is used and printed, for you to compare.

Exit 0 and what the receipt says, or exit 1 and why it does not hold.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORM = "flow-coin receipt v1"
HEADER = 11  # fields of a transaction
ENTRY = 8  # fields of an entry


class Broken(Exception):
    """Why a receipt does not hold."""


def verify(raw: bytes, *, key: str | None = None) -> dict[str, Any]:
    """Return a receipt that holds.

    Raises:
        Broken: it does not.
    """
    try:
        receipt = json.loads(raw)
        if written(receipt) != raw:
            raise Broken("It is not written as receipts are.")
        if set(receipt) != {"form", "header", "entries", "position", "path", "head"}:
            raise Broken("It has other parts than a receipt.")
        if receipt["form"] != FORM:
            raise Broken("It has another form.")
        head = receipt["head"]
        root = root_of(leaf_of(receipt), receipt["position"], head["size"], receipt["path"])
        if root.hex() != head["root"]:
            raise Broken("The transaction is not in the tree as told.")
        if key is not None and key.lower() != head["public_key"]:
            raise Broken("It is signed by another key.")
        signer = Ed25519PublicKey.from_public_bytes(octets(head["public_key"]))
        signer.verify(octets(head["signature"], 64), signed_text(head))
    except InvalidSignature:
        raise Broken("The signature is wrong.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Broken(f"It cannot be read: {error!r}.") from error
    return dict(receipt)


def written(receipt: object) -> bytes:
    """Return the one way to write a receipt: so that no byte of it can differ unseen."""
    return (json.dumps(receipt, ensure_ascii=True, indent=1, sort_keys=True) + "\n").encode()


def leaf_of(receipt: dict[str, Any]) -> bytes:
    """Return the leaf: the hash of the transaction's fields and of each entry's hash."""
    hashes = b"".join(entry_hash(entry) for entry in receipt["entries"])
    return hashlib.sha256(b"\x00" + fields(receipt["header"], HEADER) + hashes).digest()


def entry_hash(entry: dict[str, Any]) -> bytes:
    """Return an entry's hash: as given for the other side's, from salt and fields for one's own."""
    if set(entry) == {"hash"}:
        return octets(entry["hash"])
    if set(entry) != {"salt", "fields"}:
        raise Broken("An entry has other parts than a salt and fields.")
    salt = octets(entry["salt"], 16)
    return hashlib.sha256(salt + fields(entry["fields"], ENTRY)).digest()


def fields(values: list[str | None], count: int) -> bytes:
    """Return fields as bytes: how many, then each one's length and UTF-8; an absent one is -1."""
    if len(values) != count:
        raise Broken(f"There are {len(values)} fields, not {count}.")
    parts = [count.to_bytes(4, "big")]
    for value in values:
        raw = None if value is None else value.encode()
        parts.append((-1 if raw is None else len(raw)).to_bytes(4, "big", signed=True))
        parts.append(raw or b"")
    return b"".join(parts)


def octets(text: str, count: int = 32) -> bytes:
    """Return bytes from hexadecimal in small letters, of which there is one spelling only."""
    raw = bytes.fromhex(text)
    if len(raw) != count or raw.hex() != text:
        raise Broken(f"These are not {count} bytes in hexadecimal: {text!r}.")
    return raw


def root_of(leaf: bytes, position: int, size: int, path: list[str]) -> bytes:
    """Return the root that a path leads to (RFC 9162, 2.1.3.2)."""
    if type(position) is not int or type(size) is not int or not 0 <= position < size:
        raise Broken("The tree has no such place.")
    node, last, found = position, size - 1, leaf
    for other in map(octets, path):
        if last == 0:
            raise Broken("The path is too long.")
        if node & 1 or node == last:
            found = hashlib.sha256(b"\x01" + other + found).digest()
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + other).digest()
        node, last = node >> 1, last >> 1
    if last:
        raise Broken("The path is too short.")
    return found


def signed_text(head: dict[str, Any]) -> bytes:
    """Return the bytes a head's signature is over."""
    if set(head) != {"size", "root", "month", "at", "public_key", "signature"}:
        raise Broken("The head has other parts.")
    if head["month"] in ("", "-", False):
        raise Broken("The head names no month otherwise than by null.")
    month = "-" if head["month"] is None else head["month"]
    parts = ("flow-coin head v1", str(head["size"]), head["root"], month, head["at"])
    return ("\n".join(parts) + "\n").encode()


def main() -> int:
    """Verify the file named, and say what it shows."""
    if len(sys.argv) not in {2, 3}:
        print(__doc__)
        return 2
    try:
        key = sys.argv[2] if len(sys.argv) > 2 else None
        receipt = verify(Path(sys.argv[1]).read_bytes(), key=key)
    except (Broken, OSError) as error:
        print(f"The receipt does not hold. {error}")
        return 1
    _, name, kind, month, *_ = receipt["header"]
    print(f"Transaction {name} ({kind}, {month[:7]}) is in the books.")
    for entry in receipt["entries"]:
        if "fields" in entry:
            _, _, _, address, asset, amount, _, after = entry["fields"]
            balance = "" if after is None else f", {after} after"
            print(f"  {address}: {int(amount):+d} {asset}{balance}")
    head = receipt["head"]
    print(f"  in the tree of {head['size']} transactions, signed at {head['at']}")
    print(f"  by {head['public_key']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
