"""The auditor's desk: search, timelines, what is personal, the trial balance."""

from django.utils.translation import gettext_lazy as _

from ledger.audit.pages.desk import desk_context
from ledger.audit.pages.people import person, personal, reason
from ledger.audit.pages.search import search
from ledger.audit.pages.things import address, receipt, trial

__all__ = [
    "SENTENCES",
    "address",
    "desk_context",
    "person",
    "personal",
    "reason",
    "receipt",
    "search",
    "trial",
]

SENTENCES = {"look_reason_missing": _("请用 4 到 200 个字写明为什么要看。")}
