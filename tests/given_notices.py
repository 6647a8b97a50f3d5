"""What people are told, and gateways that answer as a test says."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from tests import given
from wallet.gateways.contract import Answer, Letter, Outcome
from wallet.holders.models import Holder, Notice
from wallet.holders.operations import tell
from wallet.notify.models import Channel, Message, Reach
from wallet.notify.operations import ask_for_mail, confirm_mail, pass_on_notices
from wallet.notify.tokens import confirm_token

FACTS: dict[str, str | int | None] = {"asset": "COIN", "amount": 20}
MAIL = "amei@example.org"


def a_notice(holder: Holder, *, kind: str = "gift_waiting", now: datetime = given.NOW) -> Notice:
    """Return a line in somebody's inbox."""
    subject = uuid4()
    tell(holder=holder, kind=kind, subject_id=subject, now=now, facts=FACTS)
    return Notice.objects.get(holder=holder, subject_id=subject)


def a_mail_of(holder: Holder, *, mail: str = MAIL, now: datetime = given.NOW) -> Reach:
    """Give somebody an e-mail address that is confirmed."""
    ask_for_mail(holder=holder, mail=mail, now=now)
    reach = confirm_mail(token=confirm_token(holder=holder.pk, mail=mail), now=now)
    Message.objects.filter(holder=holder, kind="mail_confirm").delete()
    return reach


def a_message(
    *, channel: Channel = Channel.TEXT, kind: str = "gift_waiting", now: datetime = given.NOW
) -> Message:
    """Return a message on its way by one channel."""
    holder = given.a_holder(now=now)
    if channel == Channel.MAIL:
        a_mail_of(holder, now=now)
    a_notice(holder, kind=kind, now=now)
    pass_on_notices(now=now)
    return Message.objects.get(holder=holder, channel=channel)


class Scripted:
    """A gateway that keeps what it was given and answers what it was told to, then SENT."""

    sent: ClassVar[list[Letter]] = []
    asked_about: ClassVar[list[UUID]] = []
    answers: ClassVar[list[Answer]] = []

    @classmethod
    def will(cls, *outcomes: Outcome) -> None:
        """Begin anew, answering these."""
        cls.sent.clear()
        cls.asked_about.clear()
        cls.answers[:] = [Answer(outcome=one, reason="as_told") for one in outcomes]

    def send(self, *, letter: Letter) -> Answer:
        """Keep a letter."""
        self.sent.append(letter)
        return self._next()

    def asked(self, *, reference: UUID) -> Answer:
        """Keep the question."""
        self.asked_about.append(reference)
        return self._next()

    def _next(self) -> Answer:
        return self.answers.pop(0) if self.answers else Answer(outcome=Outcome.SENT)
