"""E-mails through the server the settings name."""

import smtplib
from email.utils import parseaddr
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from wallet.gateways.contract import Answer, Letter, Outcome

_FOR_EVER: Final = 500  # SMTP: from here on, trying again is of no use
_BEFORE_THE_LETTER: Final = (
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
    smtplib.SMTPSenderRefused,
)


class ServerMails:
    """A gateway to a mail server; it cannot be asked afterwards."""

    def send(self, *, letter: Letter) -> Answer:
        """Hand over an e-mail: words, the same as a page, and how to be left alone (RFC 8058)."""
        connection = get_connection()
        try:
            connection.open()
        except (OSError, smtplib.SMTPException):
            return Answer(outcome=Outcome.NOT_SENT, reason="no_connection")
        mail = _mail_of(letter)
        mail.connection = connection
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            return _told(*(code for code, _ in error.recipients.values()))
        except smtplib.SMTPDataError as error:
            return _told(error.smtp_code)
        except _BEFORE_THE_LETTER:
            return Answer(outcome=Outcome.NOT_SENT, reason="server_refused_us")
        except (OSError, smtplib.SMTPException):
            return Answer(outcome=Outcome.UNKNOWN, reason="no_answer")
        finally:
            connection.close()
        return Answer(outcome=Outcome.SENT)

    def asked(self, *, reference: UUID) -> Answer:
        """Say that nobody can say."""
        return Answer(outcome=Outcome.UNKNOWN, reason="cannot_be_asked")


def _mail_of(letter: Letter) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": f"<{letter.reference}@{_domain()}>",
        "Auto-Submitted": "auto-generated",
    }
    if letter.unsubscribe:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.body,
        from_email=settings.SERVER_EMAIL,
        to=[letter.to],
        headers=headers,
    )
    with translation.override(letter.language):
        page = render_to_string("gateways/mail.html", {"letter": letter})
    mail.attach_alternative(page, "text/html")
    return mail


def _domain() -> str:
    return parseaddr(settings.SERVER_EMAIL)[1].rpartition("@")[2] or "localhost"


def _told(*codes: int) -> Answer:
    """Return what a mail server's code means: 4xx try again, 5xx never."""
    code = max(codes, default=0)
    outcome = Outcome.REFUSED if code >= _FOR_EVER else Outcome.NOT_SENT
    return Answer(outcome=outcome, reason=f"smtp_{code}")
