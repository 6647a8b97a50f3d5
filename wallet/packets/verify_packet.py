#!/usr/bin/env python3
"""Verify a red packet, offline: `verify_packet.py FILE [COMMITMENT]`.

Copy this file anywhere; it needs Python 3.11 and nothing else. FILE is the packet's public JSON;
COMMITMENT the hash (64 hexadecimal digits) as you saw it before the first share was opened.

Once the packet is over it shows that its shares were drawn from its seed and bound by the
commitment, that each opening got the share at its position, and that nobody passed anybody but
those who were opening at the same moment. Once its day is over as well, it shows that the
packet's seed follows from the day's, whose hash was published before.

Exit 0 and what it found, or exit 1 and what does not hold.
"""

import hashlib
import hmac
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

FORM = "flow-coin packet v1"
SHANGHAI = timezone(timedelta(hours=8))


class Broken(Exception):
    """What does not hold."""


def verify(packet: dict[str, Any], *, commitment: str | None = None) -> list[str]:
    """Return what was found to hold, in sentences.

    Raises:
        Broken: something does not.
    """
    try:
        found = list(_checks(packet, commitment=commitment))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise Broken(f"It cannot be read: {error!r}.") from error
    return found


def _checks(packet: dict[str, Any], *, commitment: str | None) -> Iterator[str]:
    if packet["form"] != FORM:
        raise Broken("It has another form.")
    if commitment is not None and commitment.lower() != packet["commitment"]:
        raise Broken("The commitment is another than the one you saw.")
    openings = sorted(packet["openings"], key=lambda each: each["order"])
    yield _order(openings, shares=packet["shares"])
    if packet["share_seed"] is None:
        if packet["state"] != "open":
            raise Broken("The packet is over, but its seed is not shown.")
        yield "The packet is open: its shares can be checked when it is over."
        return
    if packet["state"] == "open":
        raise Broken("The packet is open, but its seed is shown already.")
    seed = octets(packet["share_seed"])
    shares = drawn(packet["kind"], packet["coins"], packet["shares"], seed)
    if packet["drawn"] != shares:
        raise Broken("The shares are not those its seed gives.")
    if commitment_of(seed, shares) != packet["commitment"]:
        raise Broken("The commitment does not bind these shares.")
    yield f"{len(shares)} shares of {sum(shares)} coins follow from the seed and are bound by the hash."
    yield _payments(packet, openings, shares)
    yield _day(packet, seed)


def drawn(kind: str, coins: int, count: int, seed: bytes) -> list[int]:
    """Draw the shares: twice the mean of what is left as the bound, then shuffled."""
    if kind not in ("equal", "lucky") or not 1 <= count <= coins:
        raise Broken("It is no packet: equal or lucky, with a coin for each share.")
    if kind == "equal":
        if coins % count:
            raise Broken("Equal shares are not equal.")
        return [coins // count] * count
    numbers = words(seed)
    shares = []
    left = coins
    for to_come in range(count, 1, -1):
        share = 1 + below(2 * left // to_come - 1, numbers)
        shares.append(share)
        left -= share
    shares.append(left)
    for last in range(count - 1, 0, -1):
        other = below(last + 1, numbers)
        shares[last], shares[other] = shares[other], shares[last]
    return shares


def words(seed: bytes) -> Iterator[int]:
    """Yield 64-bit numbers: four of each SHA-256(seed ‖ "draw" ‖ block), blocks from 0."""
    block = 0
    while True:
        digest = hashlib.sha256(seed + b"draw" + block.to_bytes(8, "big")).digest()
        for place in (0, 8, 16, 24):
            yield int.from_bytes(digest[place : place + 8], "big")
        block += 1


def below(bound: int, numbers: Iterator[int]) -> int:
    """Return a number below the bound; those beyond its last whole multiple are passed over."""
    number = next(numbers)
    while number >= 2**64 // bound * bound:
        number = next(numbers)
    return number % bound


def commitment_of(seed: bytes, shares: list[int]) -> str:
    """Return SHA-256(seed ‖ shares in their order, 8 bytes each)."""
    return hashlib.sha256(seed + b"".join(each.to_bytes(8, "big") for each in shares)).hexdigest()


def octets(text: str) -> bytes:
    """Return 32 bytes written in hexadecimal."""
    found = bytes.fromhex(text)
    if len(found) != 32:
        raise Broken("A seed is 32 bytes.")
    return found


def _order(openings: list[dict[str, Any]], *, shares: int) -> str:
    """Hold the openings to the lowest free position, but for those under way at the same moment.

    An opening began after `began_after` others were booked. It may have passed a lower position
    only if that one was being opened meanwhile: by an opening that began before it was booked.
    """
    if [each["order"] for each in openings] != list(range(1, len(openings) + 1)):
        raise Broken("Openings are missing or counted twice.")
    position_of = {each["order"]: each["position"] for each in openings}
    taken = set(position_of.values())
    if len(taken) != len(openings) or not taken <= set(range(1, shares + 1)):
        raise Broken("A position was opened twice, or there is none such.")
    if any(not 0 <= each["began_after"] < each["order"] for each in openings):
        raise Broken("An opening began after it was booked.")
    highest = [0]  # among the first so many booked
    for each in openings:
        highest.append(max(highest[-1], each["position"]))
    for each in openings:
        if highest[each["began_after"]] > each["position"]:
            raise Broken(
                f"Opening {each['order']} took position {each['position']}, which somebody had "
                "passed before it began."
            )
    _refuse_passed(openings, never=set(range(1, max(taken, default=0))) - taken)
    widest = max((each["order"] - each["began_after"] - 1 for each in openings), default=0)
    passed = sum(position_of[one] != one for one in position_of)
    return (
        f"{len(openings)} openings took the lowest free share; {passed} of them not in the order "
        f"they were booked, each beside others under way (at most {widest} at once)."
    )


def _refuse_passed(openings: list[dict[str, Any]], *, never: set[int]) -> None:
    """Refuse a share that nobody ever took, though one after the other passed it."""
    for position in never:
        passing = [each for each in openings if each["position"] > position]
        first = passing[0]["order"]
        for each in passing:
            if each["began_after"] >= first:
                raise Broken(f"Opening {each['order']} passed the free position {position}.")


def _payments(packet: dict[str, Any], openings: list[dict[str, Any]], shares: list[int]) -> str:
    for each in openings:
        if each["coins"] != shares[each["position"] - 1]:
            raise Broken(f"Opening {each['order']} got other than the share at its position.")
    paid = sum(each["coins"] for each in openings)
    if paid + packet["returned"] != packet["coins"]:
        raise Broken("What was opened and what was returned is not what was put in.")
    if packet["state"] == "finished" and len(openings) != len(shares):
        raise Broken("The packet is finished, but not all of its shares were opened.")
    return f"{paid} coins went to {len(openings)} people, {packet['returned']} came back."


def _day(packet: dict[str, Any], seed: bytes) -> str:
    day = packet["day"]
    made = datetime.fromisoformat(packet["made_at"]).astimezone(SHANGHAI)
    if f"{made:%Y-%m-%d}" != day["day"]:
        raise Broken("The packet was made on another day than that of its seed.")
    published = datetime.fromisoformat(day["published_at"])
    if published > made:
        raise Broken("The hash of the day's seed was published after the packet was made.")
    when = (
        "before the day"
        if f"{published.astimezone(SHANGHAI):%Y-%m-%d}" < day["day"]
        else ("on that day, before the packet was made")
    )
    if day["seed"] is None:
        return f"The day's seed is not shown yet; its hash was published {when}."
    if hashlib.sha256(octets(day["seed"])).hexdigest() != day["seed_hash"]:
        raise Broken("The day's seed is not the one whose hash was published.")
    if hmac.digest(octets(day["seed"]), UUID(packet["id"]).bytes, "sha256") != seed:
        raise Broken("The packet's seed does not follow from the day's.")
    return f"The packet's seed follows from the day's, whose hash was published {when}."


def main(arguments: list[str]) -> int:
    """Verify the packet in a file."""
    if not 1 <= len(arguments) <= 2:
        print(__doc__)
        return 2
    try:
        packet = json.loads(Path(arguments[0]).read_bytes())
        if not isinstance(packet, dict):
            raise Broken("It is no packet.")
        for sentence in verify(packet, commitment=arguments[1] if arguments[1:] else None):
            print(sentence)
    except (OSError, ValueError) as error:
        print(f"{arguments[0]} cannot be read: {error}", file=sys.stderr)
        return 2
    except Broken as broken:
        print(f"It does not hold: {broken}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
