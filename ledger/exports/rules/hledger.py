"""Write a month for hledger."""

from collections.abc import Sequence
from datetime import date

from ledger.exports.rules import Account, Movement, day_before, last_day, root_of
from ledger.rules import SHANGHAI, month_name


class Hledger:
    """hledger: addresses with `:` for `/`, assets in quotes; also clean under `check --strict`."""

    def head(self, *, month: date, assets: Sequence[str]) -> str:
        """Return the title and the commodities."""
        lines = [f"; Flow-coin {month_name(month)}\n"]
        lines += [f'commodity 1000. "{asset}"\n' for asset in assets]
        return "".join(lines)

    def address(self, *, month: date, account: Account) -> str:
        """Return the directive that declares an address."""
        return f"account {name_of(account)}\n"

    def opening_head(self, *, month: date) -> str:
        """Return the first line of the transaction of opening balances."""
        return f"\n{day_before(month)} * opening balances\n"

    def opening(self, *, month: date, account: Account, amount: int) -> str:
        """Return one leg of the transaction of opening balances."""
        return _leg(account, amount)

    def movement(self, *, month: date, movement: Movement) -> str:
        """Return a transaction, its id as hledger's code, the other facts as tags."""
        at = movement.at.astimezone(SHANGHAI).isoformat()
        tags = f"    ; at:{at}, actor:{_plain(movement.actor)}\n"
        if movement.reverses:
            tags += f"    ; reverses:{movement.reverses}\n"
        day = movement.date_in(month)
        legs = "".join(_leg(account, amount) for account, amount in movement.entries)
        return f"\n{day} * ({movement.id}) {_plain(movement.kind)}\n{tags}{legs}"

    def closing_head(self, *, month: date) -> str:
        """Return the first line of a transaction that moves nothing and asserts every balance."""
        return f"\n{last_day(month)} * closing balances\n"

    def closing(self, *, month: date, account: Account, amount: int) -> str:
        """Return one assertion."""
        asset = f'"{account.asset}"'
        return f"    {name_of(account)}  0 {asset} = {amount} {asset}\n"


def name_of(account: Account) -> str:
    """Return an account's name."""
    return f"{root_of(account).lower()}:{account.address.replace('/', ':')}"


def _leg(account: Account, amount: int) -> str:
    return f'    {name_of(account)}  {amount} "{account.asset}"\n'


def _plain(text: str) -> str:
    # A comma ends a tag, a semicolon begins a comment, two spaces end a name.
    return " ".join(text.replace(",", " ").replace(";", " ").split())
