"""Make guessing at links hopeless: an address that tries too many wrong ones is told to wait."""

from datetime import datetime

from django.core.cache import cache

from ledger.refusals import Refusal
from wallet.policy.queries import policy_int

HOUR_SECONDS = 3600


class TooManyGuesses(Refusal):
    """From this address too many links were tried that nobody made."""

    code = "too_many_guesses"
    status = 429


def refuse_guesser(*, guesser: str, now: datetime) -> None:
    """Refuse a network address that tried too many wrong links, of whatever kind, this hour.

    Raises:
        TooManyGuesses: it did.
    """
    if cache.get(_name(guesser), 0) >= policy_int("claim.guesses_per_hour", now=now):
        raise TooManyGuesses("Too many wrong links; try again in an hour.")


def note_wrong_guess(*, guesser: str) -> None:
    """Count a wrong link against the network address it was tried from."""
    cache.add(_name(guesser), 0, timeout=HOUR_SECONDS)
    cache.incr(_name(guesser))


def _name(guesser: str) -> str:
    return f"link-guesses:{guesser}"
