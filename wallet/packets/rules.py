"""How a red packet is drawn and committed to: arithmetic, without a database."""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from uuid import UUID

from ledger.rules import SHANGHAI
from wallet.holders.rules import link_token

EQUAL = "equal"
LUCKY = "lucky"
_WORD_BYTES = 8
_CODE_BYTES = 8


def packet_address(packet_id: UUID) -> str:
    """Return where a packet's coins wait."""
    return f"packet/{packet_id}"


def token_of(*, packet_id: UUID, key: str) -> str:
    """Return the token (128 bits, 22 letters) of a packet's link: always the same for one packet."""
    return link_token(kind="packet", thing_id=packet_id, key=key)


def day_in(now: datetime) -> date:
    """Return the Asia/Shanghai day of an instant: packets made on it hang on its seed."""
    return now.astimezone(SHANGHAI).date()


def day_starts_at(day: date) -> datetime:
    """Return a day's first instant (Asia/Shanghai)."""
    return datetime.combine(day, time(), tzinfo=SHANGHAI)


def day_seed(*, day: date, key: str) -> bytes:
    """Return a day's seed (32 bytes), which the server's key always gives and nobody else knows."""
    return hmac.digest(key.encode(), f"packet-day\x1f{day:%Y-%m-%d}".encode(), "sha256")


def share_seed(*, seed: bytes, packet_id: UUID) -> bytes:
    """Return the seed (32 bytes) of one packet's draw, from its day's seed."""
    return hmac.digest(seed, packet_id.bytes, "sha256")


def commitment_of(*, seed: bytes, shares: Sequence[int]) -> bytes:
    """Return the hash that binds a packet to its shares in their order.

    The share seed inside makes it useless to try the few orders a small packet has.
    """
    return hashlib.sha256(seed + b"".join(coins.to_bytes(8, "big") for coins in shares)).digest()


def drawn(*, kind: str, coins: int, share_count: int, seed: bytes) -> list[int]:
    """Return a packet's shares (coins) in the order they are opened; their sum is `coins`.

    A lucky packet's are drawn with twice the mean of what is left as the upper bound, then
    shuffled, so that each position has the same expected value; each is at least 1.
    """
    if kind == EQUAL:
        return [coins // share_count] * share_count
    words = _words(seed)
    shares, left = [], coins
    for to_come in range(share_count, 1, -1):
        shares.append(1 + _below(2 * left // to_come - 1, words))
        left -= shares[-1]
    shares.append(left)
    for last in range(share_count - 1, 0, -1):
        other = _below(last + 1, words)
        shares[last], shares[other] = shares[other], shares[last]
    return shares


def _words(seed: bytes) -> Iterator[int]:
    """Yield the whole numbers of 64 bits that a seed gives, without end."""
    block = 0
    while True:
        digest = hashlib.sha256(seed + b"draw" + block.to_bytes(8, "big")).digest()
        for at in range(0, len(digest), _WORD_BYTES):
            yield int.from_bytes(digest[at : at + _WORD_BYTES], "big")
        block += 1


def _below(bound: int, words: Iterator[int]) -> int:
    """Return a number from 0 to bound − 1, each as likely: what would favour some is passed over."""
    fair = 2**64 - 2**64 % bound
    return next(word for word in words if word < fair) % bound


def visit_code(*, packet_id: UUID, visitor: str) -> str:
    """Return what a browser is called among a packet's visits: of no use with any other packet."""
    return hashlib.sha256(packet_id.bytes + visitor.encode()).digest()[:_CODE_BYTES].hex()
