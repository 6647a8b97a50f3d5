#!/usr/bin/env python3
"""Verify a receipt of a flow-coin transaction, offline: `verify_receipt.py FILE [PUBLIC_KEY ...]`.

Copy this file anywhere; it needs Python 3.11 and `cryptography`. It shows that the transaction,
as told, is in the tree whose head was signed. Give the public keys you trust, as you had them
from elsewhere; without any, the receipt's own is believed, and printed for you to compare.
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
PARTS = {"form", "header", "entries", "position", "path", "head"}
HEAD_PARTS = {"size", "root", "month", "at", "public_key", "signature"}
HEADER, ENTRY = 11, 8  # fields of a transaction, of an entry


class Broken(Exception):
    """Why a receipt does not hold."""


def must(holds: object, why: str) -> None:
    """Raise Broken, unless it holds."""
    if not holds:
        raise Broken(why)


def verify(raw: bytes, *, keys: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a receipt that holds, signed by one of the keys if any are given, or raise Broken."""
    try:
        receipt: dict[str, Any] = json.loads(raw)
        must(written(receipt) == raw, "It is not written as receipts are.")
        must(set(receipt) == PARTS and receipt["form"] == FORM, "It is not a receipt.")
        head, leaf = receipt["head"], leaf_of(receipt["header"], receipt["entries"])
        root = root_of(leaf, receipt["position"], head["size"], receipt["path"])
        must(root.hex() == head["root"], "The transaction is not in the tree as told.")
        key = head["public_key"]
        must(not keys or key in map(str.lower, keys), "It is signed by another key.")
        signer = Ed25519PublicKey.from_public_bytes(octets(key))
        signer.verify(octets(head["signature"], 64), signed_text(head))
    except InvalidSignature:
        raise Broken("The signature is wrong.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Broken(f"It cannot be read: {error!r}.") from error
    return receipt


def written(receipt: object) -> bytes:
    """Return the one way to write a receipt: so that no byte of it can differ unseen."""
    return (json.dumps(receipt, ensure_ascii=True, indent=1, sort_keys=True) + "\n").encode()


def leaf_of(header: list[str | None], entries: list[dict[str, Any]]) -> bytes:
    """Return the hash of the transaction's fields and of each entry's hash."""
    return sha256(b"\x00" + fields(header, HEADER) + b"".join(map(entry_hash, entries)))


def entry_hash(entry: dict[str, Any]) -> bytes:
    """Return an entry's hash: as given for the other side's, from salt and fields for one's own."""
    if set(entry) == {"hash"}:
        return octets(entry["hash"])
    must(set(entry) == {"salt", "fields"}, "An entry has other parts than a salt and fields.")
    return sha256(octets(entry["salt"], 16) + fields(entry["fields"], ENTRY))


def fields(values: list[str | None], count: int) -> bytes:
    """Return fields as bytes: how many, then each one's length and UTF-8; one that is absent has length -1."""
    must(len(values) == count, f"There are {len(values)} fields, not {count}.")
    return count.to_bytes(4, "big") + b"".join(map(field, values))


def field(value: str | None) -> bytes:
    """Return a field as bytes."""
    if value is None:
        return b"\xff\xff\xff\xff"
    raw = value.encode()
    return len(raw).to_bytes(4, "big") + raw


def octets(text: str, count: int = 32) -> bytes:
    """Return bytes from hexadecimal in small letters, of which there is one spelling only."""
    raw = bytes.fromhex(text)
    must(len(raw) == count and raw.hex() == text, f"Not {count} bytes in hexadecimal: {text!r}.")
    return raw


def sha256(raw: bytes) -> bytes:
    """Return the hash of bytes."""
    return hashlib.sha256(raw).digest()


def root_of(leaf: bytes, position: int, size: int, path: list[str]) -> bytes:
    """Return the root that a path leads to (RFC 9162, 2.1.3.2)."""
    whole = type(position) is int and type(size) is int and 0 <= position < size
    must(whole, "The tree has no such place.")
    node, last, found = position, size - 1, leaf
    for other in map(octets, path):
        must(last, "The path is too long.")
        if node & 1 or node == last:
            found = sha256(b"\x01" + other + found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = sha256(b"\x01" + found + other)
        node, last = node >> 1, last >> 1
    must(not last, "The path is too short.")
    return found


def signed_text(head: dict[str, Any]) -> bytes:
    """Return the bytes a head's signature is over."""
    must(set(head) == HEAD_PARTS, "The head has other parts.")
    month = "-" if head["month"] is None else head["month"]
    must(head["month"] not in ("", "-", False), "The head names no month otherwise than by null.")
    parts = ("flow-coin head v1", str(head["size"]), head["root"], month, head["at"])
    return ("\n".join(parts) + "\n").encode()


def main(file: str, *keys: str) -> int:
    """Verify the file named, and say what it shows."""
    try:
        receipt = verify(Path(file).read_bytes(), keys=keys)
    except (Broken, OSError) as error:
        print(f"The receipt does not hold. {error}")
        return 1
    head, (_, name, kind, month, *_) = receipt["head"], receipt["header"]
    print(f"Transaction {name} ({kind}, {month[:7]}) is in the books.")
    for own in (entry["fields"] for entry in receipt["entries"] if "fields" in entry):
        _, _, _, address, asset, amount, _, after = own
        print(f"  {address}: {int(amount):+d} {asset}" + (f", {after} after" if after else ""))
    print(f"  in the tree of {head['size']} transactions, signed at {head['at']}")
    print(f"  by {head['public_key']}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
