"""Texts to phones, through whichever gateway the settings name."""

from typing import Protocol

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from wallet.holders.models import TextMessage

logger = structlog.get_logger(__name__)


class Gateway(Protocol):
    """What hands texts to a carrier's or a vendor's short-message centre."""

    def send(self, *, phone: str, body: str) -> None:
        """Send a text to a phone (E.164)."""


class LoggedTexts:
    """A gateway for machines without one: the text stands in the log."""

    def send(self, *, phone: str, body: str) -> None:
        """Write the text to the log."""
        logger.info("text_sent", phone=phone, body=body)


class ShownTexts(LoggedTexts):
    """The demo's gateway: a page shows what was sent."""

    def send(self, *, phone: str, body: str) -> None:
        """Keep the text where the demo's inbox shows it."""
        super().send(phone=phone, body=body)
        TextMessage.objects.create(phone=phone, body=body, sent_at=timezone.now())


def send_text(*, phone: str, body: str) -> None:
    """Send a text to a phone (E.164) through the gateway in use."""
    gateway: Gateway = import_string(settings.TEXT_GATEWAY)()
    gateway.send(phone=phone, body=body)
