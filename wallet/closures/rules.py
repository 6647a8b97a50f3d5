"""How issuers share what closed wallets left."""

from collections.abc import Mapping


def shares_of(coins: int, *, owed: Mapping[str, int]) -> dict[str, int]:
    """Return each issuer's part of given-up coins, in proportion to what it owes, none above it.

    Largest remainder, ties by name; of more coins than all owe, each takes what it owes.
    """
    owing = {issuer: each for issuer, each in sorted(owed.items()) if each > 0}
    whole = sum(owing.values())
    coins = min(coins, whole)
    if not coins:
        return {}
    parts = {issuer: coins * each // whole for issuer, each in owing.items()}
    by_remainder = sorted(owing, key=lambda issuer: (-(coins * owing[issuer] % whole), issuer))
    for issuer in by_remainder[: coins - sum(parts.values())]:
        parts[issuer] += 1
    return {issuer: part for issuer, part in parts.items() if part}
