"""Find the gift behind a link, and make guessing links hopeless."""

from datetime import datetime

from django.core.cache import cache

from ledger.refusals import Refusal
from wallet.gift.models import Gift
from wallet.gift.rules import hash_of
from wallet.policy.queries import policy_int

HOUR_SECONDS = 3600


class UnknownGift(Refusal):
    """No gift has this link."""

    code = "unknown_gift"
    status = 404


class TooManyGuesses(Refusal):
    """From this address too many links were tried that nobody made."""

    code = "too_many_guesses"
    status = 429


def look_up_gift(*, token: str, guesser: str, now: datetime) -> Gift:
    """Return the gift behind a link's token, whatever its state; nothing is claimed.

    `guesser` is the network address it was asked from.

    Raises:
        TooManyGuesses: from there too many wrong links were tried this hour.
        UnknownGift: no gift has this link.
    """
    guesses = f"gift-guesses:{guesser}"
    if cache.get(guesses, 0) >= policy_int("claim.guesses_per_hour", now=now):
        raise TooManyGuesses("Too many wrong links; try again in an hour.")
    gift = (
        Gift.objects.filter(token_hash=hash_of(token))
        .select_related("sender", "claimer", "from_line")
        .first()
    )
    if gift is None:
        cache.add(guesses, 0, timeout=HOUR_SECONDS)
        cache.incr(guesses)
        raise UnknownGift("No gift has this link.")
    return gift
