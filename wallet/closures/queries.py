"""What stands in the way of a closure, and what would be left."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from ledger.queries import Holding, coins_in, holdings_at, holdings_under
from ledger.registry import owned_by
from ledger.rules import CNY, COIN
from wallet.carriers.models import Carrier
from wallet.holders.models import Holder, Member
from wallet.holders.queries import ever_numbers_of, line_of, main_of
from wallet.holders.set_aside import unfinished_of

LEFT = "system/left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Residue:
    """What a wallet has that nothing waits for: coins, and goods (MB by asset) wherever they lie."""

    coins: int
    holdings: list[Holding]

    @property
    def goods(self) -> dict[str, int]:
        """Return the MB of each asset."""
        found: dict[str, int] = {}
        for held in self.holdings:
            if held.asset != COIN:
                found[held.asset] = found.get(held.asset, 0) + held.amount
        return found


def residue_of(holder: Holder) -> Residue:
    """Return what closing a wallet would give up."""
    held = holdings_at([main_of(holder)])
    for number in ever_numbers_of(holder):
        held += holdings_under(line_of(number=number, package=""))
    coins = sum(one.amount for one in held if one.asset == COIN)
    return Residue(coins=coins, holdings=held)


def what_is_open(holder: Holder, *, now: datetime) -> list[str]:
    """Return why a wallet cannot end yet: the kinds of what waits, of budgets, of what is owed.

    What waits lies at addresses of its own, so the ledger knows it, whichever family it is of.
    """
    day = timedelta(days=1)
    own = {main_of(holder)}
    kinds = set(unfinished_of(holder))
    for address in owned_by(holder.pk, start=now - day, end=now + day):
        held = holdings_under(address) if address.endswith("/") else holdings_at([address])
        for one in held:
            if one.asset != CNY and one.address not in own and not one.address.startswith("line/"):
                kinds.add(_kind_of(one.address))
    if _is_last_owner(holder):
        kinds.add("last_owner")
    return sorted(kinds)


def _kind_of(address: str) -> str:
    word, _, *rest = address.split("/")
    return rest[0] if word == "holder" and rest else word


def _is_last_owner(holder: Holder) -> bool:
    """Tell whether an organisation would be without an owner."""
    owned = Member.objects.filter(
        user__holder=holder, role=Member.Role.OWNER, organisation__closed_at=None
    )
    owners = Count("organisation__members", filter=Q(organisation__members__role="owner"))
    return owned.annotate(owners=owners).filter(owners=1).exists()


def owed_by_issuers() -> dict[str, int]:
    """Return how many coins of each issuer are outstanding."""
    codes = Carrier.objects.order_by("pk").values_list("pk", flat=True)
    return {code: -coins_in(f"issuer/{code}") for code in codes}


def left_behind() -> int:
    """Return the coins of closed wallets that no issuer has taken back."""
    return coins_in(LEFT)
