"""Lock a holder, and refuse what it may not do; freeze and thaw it."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from ledger.queries import amount_at, coins_in
from ledger.refusals import Refusal
from ledger.rules import COIN
from wallet.holders.models import Holder
from wallet.holders.queries import main_of
from wallet.policy.queries import policy_int

_LOCK_HOLDER = (Path(__file__).parents[1] / "sql" / "lock_holder_v1.sql").read_text()


class HolderFrozen(Refusal):
    """The holder may move nothing until an administrator thaws it."""

    code = "holder_frozen"
    status = 403


class WalletFull(Refusal):
    """The holder would have more coins than its tier may hold."""

    code = "wallet_full"


class NotEnoughCoins(Refusal):
    """The holder has fewer coins than asked."""

    code = "not_enough_coins"


class NotEnoughData(Refusal):
    """There is less data (MB) than asked."""

    code = "not_enough_data"


def lock_holder(holder: Holder) -> Holder:
    """Lock a holder's row until the transaction ends, and return it as it is now.

    The lock leaves foreign keys to the row free, so that telling somebody waits for nobody.

    Raises:
        DoesNotExist: there is no such holder.
    """
    found = next(iter(Holder.objects.raw(_LOCK_HOLDER, {"holder": holder.pk})), None)
    if found is None:
        raise Holder.DoesNotExist
    return found


def refuse_frozen(holder: Holder) -> None:
    """Refuse what a holder chooses to do while it is frozen.

    Raises:
        HolderFrozen: it is.
    """
    if holder.frozen_at is not None:
        raise HolderFrozen("This wallet is frozen; ask the service desk.")


def refuse_full_wallet(*, holder: Holder, coins: int, now: datetime) -> None:
    """Refuse coins a holder chooses to receive above what its tier may hold; the caller has its lock.

    Raises:
        WalletFull: its coins and these would be more.
    """
    most = coins_max_of(holder, now=now)
    if coins_in(main_of(holder)) + coins > most:
        raise WalletFull(f"Your wallet holds at most {most} coins.", coins_max=most)


def coins_max_of(holder: Holder, *, now: datetime) -> int:
    """Return how many coins a holder may have when it chooses to receive some."""
    return policy_int("wallet.coins_max", now=now, scope=f"tier.{holder.tier}")


def refuse_short(*, address: str, asset: str, amount: int) -> None:
    """Refuse to take more from an account than it holds; the caller has its holder's lock.

    Raises:
        NotEnoughCoins, NotEnoughData: less is there than asked.
    """
    available = amount_at(address, asset)
    if amount > available and asset == COIN:
        raise NotEnoughCoins(f"{amount} coins asked, {available} available.", available=available)
    if amount > available:
        raise NotEnoughData(f"{amount} MB asked, {available} available.", available=available)


@transaction.atomic
def freeze_holder(*, holder: Holder, now: datetime) -> Holder:
    """Stop what a holder chooses to do; what others owe it still arrives."""
    held = lock_holder(holder)
    held.frozen_at = held.frozen_at or now
    held.save(update_fields=["frozen_at"])
    return held


@transaction.atomic
def thaw_holder(*, holder: Holder) -> Holder:
    """Let a holder act again."""
    held = lock_holder(holder)
    held.frozen_at = None
    held.save(update_fields=["frozen_at"])
    return held
