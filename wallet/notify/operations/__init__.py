"""Pass notices on, hand messages over one by one, keep what people wish."""

from wallet.notify.operations.pass_on import pass_on_notices, text_owners
from wallet.notify.operations.send import Claim, claim_message, record_outcome
from wallet.notify.operations.wishes import (
    MailLinkInvalid,
    TooManyMails,
    UnknownNoticeKind,
    UnsubscribeLinkInvalid,
    ask_for_mail,
    choose_notices,
    confirm_mail,
    forget_mail,
    remember_language,
    turn_off_by_link,
)

__all__ = [
    "Claim",
    "MailLinkInvalid",
    "TooManyMails",
    "UnknownNoticeKind",
    "UnsubscribeLinkInvalid",
    "ask_for_mail",
    "choose_notices",
    "claim_message",
    "confirm_mail",
    "forget_mail",
    "pass_on_notices",
    "record_outcome",
    "remember_language",
    "text_owners",
    "turn_off_by_link",
]
