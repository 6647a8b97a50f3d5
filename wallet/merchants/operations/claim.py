"""Pay whoever scans a merchant's code first."""

from datetime import datetime, timedelta

from django.db import transaction

from ledger.operations import post
from ledger.refusals import Refusal
from ledger.rules import COIN, SHANGHAI, Posting, derived_id, move
from wallet.holders.guesses import note_wrong_guess, refuse_guesser
from wallet.holders.models import Holder
from wallet.holders.operations import lock_holder, refuse_frozen, refuse_full_wallet
from wallet.holders.queries import main_of
from wallet.holders.rules import token_hash
from wallet.merchants.models import CounterCode
from wallet.merchants.queries import serves_at
from wallet.merchants.rules import merchant_budget
from wallet.policy.queries import policy_int


class UnknownCode(Refusal):
    """No merchant shows this code."""

    code = "unknown_code"
    status = 404


class CodeUsed(Refusal):
    """Somebody else scanned the code first: each pays once."""

    code = "code_used"


class CodeExpired(Refusal):
    """The code was not scanned in time; the merchant shows another."""

    code = "code_expired"


class OwnCounter(Refusal):
    """Whoever serves at a counter gets nothing from it."""

    code = "own_counter"


class CounterLimitPassed(Refusal):
    """This merchant has paid this person often enough today."""

    code = "counter_limit_passed"


def look_up_code(*, token: str, guesser: str, now: datetime) -> CounterCode:
    """Return the code behind a token, whatever its state; nothing is paid.

    `guesser` is the network address it was asked from.

    Raises:
        TooManyGuesses: from there too many wrong links were tried this hour.
        UnknownCode: no merchant shows this code.
    """
    refuse_guesser(guesser=guesser, now=now)
    rows = CounterCode.objects.select_related("merchant__holder")
    found = rows.filter(token_hash=token_hash(token)).first()
    if found is None:
        note_wrong_guess(guesser=guesser)
        raise UnknownCode("No merchant shows this code.")
    return found


@transaction.atomic
def claim_code(*, code: CounterCode, claimer: Holder, now: datetime) -> CounterCode:
    """Pay a code's coins to whoever scanned it first, and return it.

    Scanned again by the same person, nothing more moves.

    Raises:
        HolderFrozen: the person, or the merchant, may move nothing.
        CodeUsed, CodeExpired: it is too late.
        OwnCounter: the person serves there.
        CounterLimitPassed: the merchant paid the person often enough today.
        WalletFull: the person would have more coins than the tier may hold.
        BalanceTooLow: the merchant's budget was spent otherwise.
    """
    taker = lock_holder(claimer)
    found = CounterCode.objects.select_for_update(of=("self",), no_key=True).get(pk=code.pk)
    if found.claimer_id == taker.pk:
        return found
    _refuse(found, claimer=taker, now=now)
    found.claimer = taker
    found.claimed_at = now
    found.save(update_fields=["claimer", "claimed_at"])
    post(
        Posting(
            id=derived_id(found.pk, "claim"),
            kind="merchant_code",
            at=now,
            actor=f"holder/{taker.pk}",
            legs=move(
                asset=COIN,
                amount=found.coins,
                source=merchant_budget(found.merchant_id),
                target=main_of(taker),
            ),
            metadata={"code": str(found.pk)},
        )
    )
    return found


def _refuse(code: CounterCode, *, claimer: Holder, now: datetime) -> None:
    if code.claimer_id is not None:
        raise CodeUsed("Somebody has scanned this code.")
    if now >= code.expires_at:
        raise CodeExpired("This code was not scanned in time.")
    if serves_at(merchant_id=code.merchant_id, holder=claimer):
        raise OwnCounter("You serve at this counter.")
    refuse_frozen(claimer)
    refuse_frozen(Holder.objects.get(pk=code.merchant_id))
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    today = CounterCode.objects.filter(
        merchant_id=code.merchant_id,
        claimer=claimer,
        claimed_at__gte=midnight,
        claimed_at__lt=midnight + timedelta(days=1),
    )
    most = policy_int("merchant.claims_per_day_max", now=now)
    if today.count() >= most:
        raise CounterLimitPassed(f"This merchant pays {most} times a day.", count_max=most)
    refuse_full_wallet(holder=claimer, coins=code.coins, now=now)
