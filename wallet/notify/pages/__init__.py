"""Pages of what I am told: settings, links from e-mails, language, the demo's outbox."""

from wallet.notify.pages.language import KeepLanguage, note_signed_in, set_language
from wallet.notify.pages.links import confirm, off
from wallet.notify.pages.mine import ask_mail, demo_outbox, drop_mail, wishes

__all__ = [
    "KeepLanguage",
    "ask_mail",
    "confirm",
    "demo_outbox",
    "drop_mail",
    "note_signed_in",
    "off",
    "set_language",
    "wishes",
]
