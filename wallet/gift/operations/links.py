"""Find the gift behind a link, and make guessing links hopeless."""

from datetime import datetime

from ledger.refusals import Refusal
from wallet.gift.models import Gift
from wallet.holders.guesses import note_wrong_guess, refuse_guesser
from wallet.holders.rules import token_hash


class UnknownGift(Refusal):
    """No gift has this link."""

    code = "unknown_gift"
    status = 404


def look_up_gift(*, token: str, guesser: str, now: datetime) -> Gift:
    """Return the gift behind a link's token, whatever its state; nothing is claimed.

    `guesser` is the network address it was asked from.

    Raises:
        TooManyGuesses: from there too many wrong links were tried this hour.
        UnknownGift: no gift has this link.
    """
    refuse_guesser(guesser=guesser, now=now)
    gift = (
        Gift.objects.filter(token_hash=token_hash(token))
        .select_related("sender", "claimer", "for_holder", "from_line")
        .first()
    )
    if gift is None:
        note_wrong_guess(guesser=guesser)
        raise UnknownGift("No gift has this link.")
    return gift
