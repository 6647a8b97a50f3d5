"""Write a month for Beancount."""

import hashlib
from collections.abc import Sequence
from datetime import date

from ledger.exports.rules import Account, Movement, day_before, root_of
from ledger.rules import SHANGHAI, month_after, month_name

COMMODITY_LENGTH_MAX = 24


class Beancount:
    """Beancount 2 and 3: names begin with a capital or a digit and hold letters, digits, dashes."""

    def head(self, *, month: date, assets: Sequence[str]) -> str:
        """Return the title and the commodities, with the names they have in the ledger."""
        lines = [f'option "title" "Flow-coin {month_name(month)}"\n']
        lines += [
            f'{day_before(month)} commodity {commodity_of(asset)}\n  asset: "{asset}"\n'
            for asset in assets
        ]
        return "\n".join(lines)

    def address(self, *, month: date, account: Account) -> str:
        """Return the directive that opens an address."""
        return f"{day_before(month)} open {name_of(account)}\n"

    def opening_head(self, *, month: date) -> str:
        """Return the first line of the transaction of opening balances."""
        return f'\n{day_before(month)} * "Opening balances"\n'

    def opening(self, *, month: date, account: Account, amount: int) -> str:
        """Return one leg of the transaction of opening balances."""
        return _leg(account, amount)

    def movement(self, *, month: date, movement: Movement) -> str:
        """Return a transaction, with the ledger's own facts as metadata."""
        facts = {
            "transaction": movement.id,
            "at": movement.at.astimezone(SHANGHAI).isoformat(),
            "actor": movement.actor,
        }
        if movement.reverses:
            facts["reverses"] = movement.reverses
        return "".join(
            [
                f"\n{movement.date_in(month)} * {_quoted(movement.kind)}\n",
                *(f"  {name}: {_quoted(value)}\n" for name, value in facts.items()),
                *(_leg(account, amount) for account, amount in movement.entries),
            ]
        )

    def closing_head(self, *, month: date) -> str:
        """Return an empty line."""
        return "\n"

    def closing(self, *, month: date, account: Account, amount: int) -> str:
        """Return the assertion; Beancount makes it when the day named begins."""
        commodity = commodity_of(account.asset)
        return f"{month_after(month)} balance {name_of(account)}  {amount} {commodity}\n"


def name_of(account: Account) -> str:
    """Return an account's name; two addresses never share one."""
    parts = (_part(part) for part in account.address.split("/"))
    return ":".join((root_of(account), *parts))


def _part(part: str) -> str:
    # What the ledger names is all small or all capital letters, so that a capital in the middle
    # of small ones stands for nothing else.
    name = part.replace("_", "U")
    if part[0] in "_-":
        return f"XX{name}"
    return name[0].upper() + name[1:]


def commodity_of(asset: str) -> str:
    """Return an asset's name: capitals, and a digest at the end of one that is too long."""
    name = asset.upper()
    if len(name) <= COMMODITY_LENGTH_MAX:
        return name
    digest = hashlib.sha256(asset.encode()).hexdigest()[:12].upper()
    return f"{name[:11]}.{digest}"


def _leg(account: Account, amount: int) -> str:
    return f"  {name_of(account)}  {amount} {commodity_of(account.asset)}\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
