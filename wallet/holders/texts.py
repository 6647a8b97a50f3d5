"""Texts that cannot wait, to phones, through whichever gateway the settings name."""

from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from ledger.refusals import Refusal
from wallet.gateways.contract import Answer, Gateway, Letter, Outcome
from wallet.holders.models import TextMessage

logger = structlog.get_logger(__name__)
TRIES = 2
NO_GATEWAY = Answer(outcome=Outcome.NOT_SENT, reason="no_gateway")


class TextNotSent(Refusal):
    """No gateway took the text."""

    code = "text_not_sent"
    status = 503


class ShownTexts:
    """The demo's gateway: a page shows what was sent."""

    def send(self, *, letter: Letter) -> Answer:
        """Keep the text where the demo's inbox shows it."""
        TextMessage.objects.create(phone=letter.to, body=letter.body, sent_at=timezone.now())
        return Answer(outcome=Outcome.SENT)

    def asked(self, *, reference: UUID) -> Answer:
        """Say that nobody can say: the inbox does not know references."""
        return Answer(outcome=Outcome.UNKNOWN, reason="cannot_be_asked")


def send_text(*, phone: str, body: str, kind: str = "code") -> None:
    """Send a text to a phone (E.164) at once, whatever the hour; neither is kept or logged.

    Raises:
        TextNotSent: no gateway took it.
    """
    letter = Letter(
        reference=uuid4(),
        to=phone,
        kind=kind,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        body=body,
    )
    answer = NO_GATEWAY
    gateway: Gateway | None = (
        import_string(settings.TEXT_GATEWAY)() if settings.TEXT_GATEWAY else None
    )
    for _ in range(TRIES if gateway else 0):
        answer = gateway.send(letter=letter) if gateway else answer
        if answer.outcome is not Outcome.NOT_SENT:
            break
    logger.info(
        "text", reference=str(letter.reference), outcome=answer.outcome, reason=answer.reason
    )
    # What may have been sent is not said to have failed: whoever waits in vain asks again.
    if answer.outcome in {Outcome.NOT_SENT, Outcome.REFUSED}:
        raise TextNotSent("The text could not be sent; try again in a while.")
