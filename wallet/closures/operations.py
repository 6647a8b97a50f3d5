"""End a wallet: nothing is open, what is left is swept, nobody signs in any more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post
from ledger.refusals import Refusal
from ledger.rules import COIN, Leg, Posting, derived_id, merged, move
from wallet.closures.models import Closure, GivenUp
from wallet.closures.queries import (
    LEFT,
    Residue,
    left_behind,
    owed_by_issuers,
    residue_of,
    what_is_open,
)
from wallet.closures.rules import shares_of
from wallet.holders.models import Holder, HolderEvent, Number, User
from wallet.holders.operations import lock_holders, note_holder, refuse_frozen
from wallet.numbers.operations.life import set_free
from wallet.numbers.operations.recycle import locked_number
from wallet.organisations.operations import leave_organisations


class WalletBusy(Refusal):
    """Something of the wallet waits, a budget holds coins, or it owes some: that ends first."""

    code = "wallet_busy"


class ResidueChanged(Refusal):
    """The wallet holds other coins than its holder said it gives up."""

    code = "residue_changed"


class InOffice(Refusal):
    """A colleague's own wallet is closed once the office is given up."""

    code = "in_office"


@transaction.atomic
def close_own_wallet(*, holder: Holder, gives_up_coins: int, now: datetime) -> Closure:
    """End one's own wallet, and return its closure; asked again, the first comes back.

    `gives_up_coins` says that the holder knows what is lost: it is what the wallet holds.

    Raises:
        HolderFrozen: the holder may do nothing.
        ResidueChanged: the wallet holds more or fewer coins.
        WalletBusy, InOffice: it cannot end yet.
    """
    held = _locked(holder)
    if held.closed_at is not None:
        return Closure.objects.get(holder=held)
    refuse_frozen(held)
    return _closed(held, by=f"holder/{held.pk}", reason="", expected=gives_up_coins, now=now)


@transaction.atomic
def close_wallet(*, holder: Holder, by: str, reason: str, now: datetime) -> Closure:
    """End somebody's wallet for a reason, frozen or not, and return its closure.

    Raises:
        ReasonMissing: staff does not say why.
        WalletBusy, InOffice: it cannot end yet.
    """
    held = _locked(holder)
    if held.closed_at is not None:
        return Closure.objects.get(holder=held)
    return _closed(held, by=by, reason=reason, expected=None, now=now)


def _locked(holder: Holder) -> Holder:
    """Lock a wallet with the organisations of its person: of two last owners one stays."""
    offices = Holder.objects.filter(members__user__holder=holder)
    return lock_holders(holder, *offices)[holder.pk]


def _closed(
    holder: Holder, *, by: str, reason: str, expected: int | None, now: datetime
) -> Closure:
    if holder.user is not None and holder.user.is_staff:
        raise InOffice("A colleague gives up the office first.")
    waiting = what_is_open(holder, now=now)
    if waiting:
        raise WalletBusy(f"Not ended yet: {', '.join(waiting)}.", waiting=waiting)
    residue = residue_of(holder)
    if expected is not None and residue.coins != expected:
        raise ResidueChanged(f"The wallet holds {residue.coins} coins.", coins=residue.coins)
    holder.closed_at, holder.birth_year = now, None
    holder.save(update_fields=["closed_at", "birth_year"])
    note_holder(holder, kind=HolderEvent.Kind.CLOSED, by=by, reason=reason, now=now)
    for number in Number.objects.filter(holder=holder).order_by("id"):
        set_free(locked_number(number), by=by, now=now)
    _end_login(holder, by=by, now=now)
    closure = Closure.objects.create(
        id=derived_id(holder.pk, "close_wallet"),
        holder=holder,
        by=by,
        reason=reason.strip(),
        coins=residue.coins,
        goods=residue.goods,
        closed_at=now,
    )
    if residue.holdings:
        post(_sweep(closure, residue=residue))
    return closure


def _end_login(holder: Holder, *, by: str, now: datetime) -> None:
    """End every session and role of a person, and set the phone free for another login."""
    if holder.user_id is None:
        return
    user = User.objects.select_for_update(no_key=True).get(pk=holder.user_id)
    leave_organisations(user=user, by=by, now=now)
    user.phone, user.phone_verified_at = f"closed-{user.pk.hex[:13]}", None
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["phone", "phone_verified_at", "is_active", "password"])


def _sweep(closure: Closure, *, residue: Residue) -> Posting:
    legs: tuple[Leg, ...] = ()
    for held in residue.holdings:
        target = LEFT if held.asset == COIN else "system/expired"
        legs += move(asset=held.asset, amount=held.amount, source=held.address, target=target)
    return Posting(
        id=closure.pk,
        kind="wallet_close",
        at=closure.closed_at,
        actor=closure.by,
        legs=legs,
        metadata={"closure": str(closure.pk)},
    )


@transaction.atomic
def take_back_given_up(*, key: UUID, now: datetime) -> list[GivenUp]:
    """Give coins that closed wallets left back to their issuers, which owe so many less.

    Issuers share them in proportion to what they owe. Asked again with the same key, nothing
    more moves.
    """
    # Whoever takes back waits for whoever else does: what is left is read once.
    list(Closure.objects.select_for_update(no_key=True).order_by("closed_at", "id")[:1])
    if before := list(GivenUp.objects.filter(posting=key).order_by("issuer")):
        return before
    parts = shares_of(left_behind(), owed=owed_by_issuers())
    if not parts:
        return []
    rows = GivenUp.objects.bulk_create(
        GivenUp(id=derived_id(key, issuer), posting=key, issuer_id=issuer, coins=coins, at=now)
        for issuer, coins in parts.items()
    )
    legs: tuple[Leg, ...] = ()
    for issuer, coins in parts.items():
        legs += move(asset=COIN, amount=coins, source=LEFT, target=f"issuer/{issuer}")

    post(
        Posting(
            id=key,
            kind="coins_given_up",
            at=now,
            actor="task/take_back_given_up",
            legs=merged(legs),
        )
    )
    return rows
