"""Celery's door to what is sent."""

from time import monotonic

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from wallet.gateways.contract import Answer, Gateway, Outcome
from wallet.notify.letters import letter_of
from wallet.notify.models import Channel
from wallet.notify.operations import Claim, claim_message, pass_on_notices, record_outcome

log = structlog.get_logger(__name__)
#: A round ends after this; the next one goes on.
ROUND_SECONDS = 60


@shared_task(name="wallet.notify.deliver")
def deliver() -> None:
    """Pass on what was told since, and hand over what is due."""
    ends = monotonic() + ROUND_SECONDS
    while monotonic() < ends and pass_on_notices(now=timezone.now()):
        pass
    while monotonic() < ends and (claim := claim_message(now=timezone.now())):
        answer = _carried(claim)
        record_outcome(claim=claim, answer=answer, now=timezone.now())
        # Who and where is in the row; a log has neither.
        log.info(
            "message",
            message=str(claim.message.pk),
            channel=claim.message.channel,
            kind=claim.message.kind,
            attempt=claim.attempt,
            asked=claim.must_ask,
            outcome=answer.outcome,
            reason=answer.reason,
        )


def _carried(claim: Claim) -> Answer:
    """Hand a message to its gateway, or ask there what became of it."""
    message = claim.message
    name = settings.TEXT_GATEWAY if message.channel == Channel.TEXT else settings.MAIL_GATEWAY
    if not name:
        return Answer(outcome=Outcome.NOT_SENT, reason="no_gateway")
    gateway: Gateway = import_string(name)()
    if claim.must_ask:
        return gateway.asked(reference=message.pk)
    return gateway.send(letter=letter_of(message))
