"""Who is charged for a month's redemptions, at which price, and which few payments settle it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

Taker = TypeVar("Taker", str, UUID)
COINS_PER_PRICE = 1_000
TEXT_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What one carrier pays another, in fen."""

    debtor: str
    creditor: str
    fen: int


def apportioned(total: int, *, weights: Mapping[str, int]) -> dict[str, int]:
    """Return whole shares of a total (coins) in proportion to weights: they sum to it exactly.

    What whole shares leave over goes to the largest remainders, ties by name. A negative total
    is shared as its opposite is. Who weighs nothing gets nothing and is left out.
    """
    heavy = {name: weight for name, weight in sorted(weights.items()) if weight > 0}
    whole = sum(heavy.values())
    if total == 0 or whole == 0:
        return {}
    size, sign = abs(total), 1 if total > 0 else -1
    shares = {name: size * weight // whole for name, weight in heavy.items()}
    by_remainder = sorted(heavy, key=lambda name: (-(size * heavy[name] % whole), name))
    for name in by_remainder[: size - sum(shares.values())]:
        shares[name] += 1
    return {name: sign * share for name, share in shares.items() if share}


def shared_in_turn(
    taken: Mapping[Taker, int], *, outstanding: Mapping[str, int]
) -> dict[Taker, dict[str, int]]:
    """Share what carriers or merchants took (coins) among issuers, one by one by name or id.

    Each is shared in proportion to what the ones before left of what each issuer owes: shared by
    the same weights every time, ties would ask more of an issuer than it owes. What nobody owes
    is left out. Who is to give coins back gives them to what issuers owe.
    """
    left = dict(outstanding)
    shares = {}
    for taker, coins in sorted(taken.items()):
        parts = _part_of(coins, left=left)
        if parts:
            shares[taker] = parts
            left = {issuer: owed - parts.get(issuer, 0) for issuer, owed in left.items()}
    return shares


def _part_of(coins: int, *, left: Mapping[str, int]) -> dict[str, int]:
    owed = sum(coins for coins in left.values() if coins > 0)
    return apportioned(min(coins, owed), weights=left)


def shared_anew(
    before: Mapping[str, int], *, coins: int, left: Mapping[str, int]
) -> dict[str, int]:
    """Return issuers' shares of a sum that changed to so many coins since it was shared.

    What there is less is taken off in proportion to the shares, so that none grows; what there is
    more is asked in proportion to what is left of what each issuer owes, or left out.
    """
    change = coins - sum(before.values())
    parts = apportioned(change, weights=before) if change < 0 else _part_of(change, left=left)
    return {
        issuer: share
        for issuer in sorted({*before, *parts})
        if (share := before.get(issuer, 0) + parts.get(issuer, 0))
    }


def fen_of(coins: int, *, fen_per_1000: int) -> int:
    """Return what coins cost at a price (fen for 1,000 coins), rounded half up, once."""
    size = (2 * abs(coins) * fen_per_1000 + COINS_PER_PRICE) // (2 * COINS_PER_PRICE)
    return size if coins >= 0 else -size


def in_yuan(fen: int) -> str:
    """Say an amount of fen in yuan, exactly, a true minus before what is to be paid: −1,234.50."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'−' if fen < 0 else ''}{whole:,}.{rest:02d}"


def nets_of(owed: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Return what each carrier is to get, in fen (below zero: to pay), from who owes whom.

    Keys are (debtor, creditor); the nets sum to zero.
    """
    nets: dict[str, int] = {}
    for (debtor, creditor), fen in owed.items():
        nets[debtor] = nets.get(debtor, 0) - fen
        nets[creditor] = nets.get(creditor, 0) + fen
    return nets


def payments_of(nets: Mapping[str, int]) -> list[Payment]:
    """Return the payments that bring every net to zero: largest debtor to largest creditor.

    There is at least one carrier fewer in the rest after each, so n carriers need at most n − 1.
    Ties go by name.
    """
    left = {name: fen for name, fen in nets.items() if fen}
    payments = []
    while left:
        debtor = min(left, key=lambda name: (left[name], name))
        creditor = min(left, key=lambda name: (-left[name], name))
        fen = min(-left[debtor], left[creditor])
        payments.append(Payment(debtor=debtor, creditor=creditor, fen=fen))
        left[debtor] += fen
        left[creditor] -= fen
        left = {name: rest for name, rest in left.items() if rest}
    return payments


def is_said(text: str) -> bool:
    """Tell whether a text may stand as a reason or an answer: printable, not empty, not too long."""
    return 1 <= len(text) <= TEXT_LENGTH_MAX and all(map(str.isprintable, text.splitlines()))
