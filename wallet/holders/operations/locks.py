"""Lock a holder, and refuse what it may not do; freeze and thaw it."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from ledger.queries import amount_at, coins_in
from ledger.refusals import Refusal
from ledger.rules import COIN
from wallet.holders.models import Holder, HolderEvent, Number, User
from wallet.holders.queries import coins_spent_since, main_of
from wallet.policy.queries import policy_int

REASON_LENGTH_MAX = 200
_LOCK_HOLDER = (Path(__file__).parents[1] / "sql" / "lock_holder_v2.sql").read_text()


class HolderFrozen(Refusal):
    """The holder may move nothing until an administrator thaws it."""

    code = "holder_frozen"
    status = 403


class HolderClosed(Refusal):
    """The wallet has ended."""

    code = "holder_closed"
    status = 403


class ReasonMissing(Refusal):
    """Who decides about somebody else says why, in 1 to 200 characters."""

    code = "reason_missing"
    status = 422


class NotProved(Refusal):
    """A number of the holder may have a new owner: who it is must be proved before much is spent."""

    code = "not_proved"
    status = 403


class ServiceEnding(Refusal):
    """The service is winding down: nothing new is issued, opened or set aside."""

    code = "service_ending"
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


def lock_holders(*holders: Holder) -> dict[UUID, Holder]:
    """Lock several holders in the order of their ids, as everybody does who locks more than one.

    Raises:
        DoesNotExist: there is no such holder.
    """
    return {pk: lock_holder(Holder(pk=pk)) for pk in sorted({one.pk for one in holders})}


def refuse_frozen(holder: Holder) -> None:
    """Refuse what a holder chooses to do while it is frozen, once it has ended, or all does.

    Raises:
        HolderFrozen, HolderClosed, ServiceEnding: as they say.
    """
    refuse_ending(holder)
    if holder.closed_at is not None:
        raise HolderClosed("This wallet has ended.")
    if holder.frozen_at is not None:
        raise HolderFrozen("This wallet is frozen; ask the service desk.")


def refuse_frozen_person(user: User) -> None:
    """Refuse to act for an organisation to somebody whose own wallet is frozen.

    Raises:
        HolderFrozen: it is.
    """
    if Holder.objects.filter(user=user, frozen_at__isnull=False).exists():
        raise HolderFrozen("Your wallet is frozen; ask the service desk.")


def refuse_unproved(*, holder: Holder, coins: int, now: datetime) -> None:
    """Refuse a large spend while one of a holder's numbers may have a new owner; its lock is held.

    All coins that left since the doubt began count together, so that many small spends are none.

    Raises:
        NotProved: these coins and those spent since are more than the policy allows.
    """
    doubts = Number.objects.filter(holder=holder, doubted_at__isnull=False)
    since = doubts.aggregate(since=Min("doubted_at"))["since"]
    if since is None:
        return
    most = policy_int("recycled_number.reverify_above_coins", now=now)
    if coins_spent_since(since, holder=holder) + coins > most:
        raise NotProved(f"Prove who you are to spend more than {most} coins.", coins_max=most)


def refuse_ending(holder: Holder) -> None:
    """Refuse what would issue, open or set aside anything; the holder was locked by the caller.

    Raises:
        ServiceEnding: the service is winding down.
    """
    if holder.is_winding_down:
        raise ServiceEnding("The service is ending; what you have is delivered to your number.")


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
def freeze_holder(*, holder: Holder, by: str = "system", reason: str = "", now: datetime) -> Holder:
    """Stop what a holder chooses to do; what others owe it still arrives.

    Raises:
        ReasonMissing: staff does not say why.
    """
    _refuse_no_reason(by=by, reason=reason)
    held = lock_holder(holder)
    if held.frozen_at is None:
        held.frozen_at = now
        held.save(update_fields=["frozen_at"])
        note_holder(held, kind=HolderEvent.Kind.FROZEN, by=by, reason=reason, now=now)
    return held


@transaction.atomic
def thaw_holder(*, holder: Holder, by: str = "system", reason: str = "", now: datetime) -> Holder:
    """Let a holder act again.

    Raises:
        ReasonMissing: staff does not say why.
    """
    _refuse_no_reason(by=by, reason=reason)
    held = lock_holder(holder)
    if held.frozen_at is not None:
        held.frozen_at = None
        held.save(update_fields=["frozen_at"])
        note_holder(held, kind=HolderEvent.Kind.THAWED, by=by, reason=reason, now=now)
    return held


def note_holder(
    holder: Holder,
    *,
    kind: HolderEvent.Kind,
    by: str,
    reason: str = "",
    now: datetime,
    **facts: int,
) -> HolderEvent:
    """Add a line to what was decided about a holder.

    Raises:
        ReasonMissing: staff does not say why.
    """
    _refuse_no_reason(by=by, reason=reason)
    return HolderEvent.objects.create(
        holder=holder, kind=kind, by=by, reason=reason.strip(), at=now, facts=facts
    )


def _refuse_no_reason(*, by: str, reason: str) -> None:
    if by.startswith("admin/") and not 1 <= len(reason.strip()) <= REASON_LENGTH_MAX:
        raise ReasonMissing(f"Say why, in 1 to {REASON_LENGTH_MAX} characters.")
