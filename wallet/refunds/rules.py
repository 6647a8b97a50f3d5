"""How what is left is shared among those who owe it, and what it costs: whole coins and fen."""

from collections.abc import Mapping
from dataclasses import dataclass

HUNDRED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What an issuer got for its coins (fen for coins, all orders), and the least it pays back."""

    fen: int
    coins: int
    fen_per_100_min: int


def price_fen(*, coins: int, price: Price) -> int:
    """Return what coins cost in fen: at the issuer's average, or the least, rounded up once.

    The higher of the two, so that nobody gets less than the issuer was paid on average.
    """
    least = -(-coins * price.fen_per_100_min // HUNDRED)
    average = -(-coins * price.fen // price.coins) if price.coins else 0
    return max(least, average)


def shared(*, coins: int, owed: Mapping[str, int]) -> dict[str, int]:
    """Share coins among issuers in proportion to what each still owes; the parts sum to the coins.

    Largest remainder, ties by name. No part is more than its issuer owes, and when all that is
    owed is shared, each part is all its issuer owes: shared again and again, it ends at zero.

    Raises:
        ValueError: more is to be shared than is owed.
    """
    whole = sum(owed.values())
    if coins > whole:
        raise ValueError("More is to be shared than is owed.")
    parts = {name: coins * each // whole for name, each in owed.items() if each > 0}
    missing = coins - sum(parts.values())
    by_remainder = sorted(parts, key=lambda name: (-(coins * owed[name] % whole), name))
    for name in by_remainder[:missing]:
        parts[name] += 1
    return {name: part for name, part in sorted(parts.items()) if part}


def refunds_address(*, issuer: str) -> str:
    """Return where an issuer's refund list stands in the books, in fen."""
    return f"issuer/{issuer}/refunds"


def revenue_address(*, issuer: str) -> str:
    """Return where an issuer's price of coins stands in the books, in fen."""
    return f"issuer/{issuer}/revenue"


def cash_address(*, issuer: str) -> str:
    """Return where what an issuer paid out stands in the books, in fen."""
    return f"issuer/{issuer}/cash"


def cost_address(*, carrier: str) -> str:
    """Return where what issuers owe a carrier for what it delivered stands, in fen."""
    return f"carrier/{carrier}/cost"
