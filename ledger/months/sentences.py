"""What staff read of a close: why it was refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.refusals import Refusal

SENTENCES: dict[str, str | Promise] = {
    "close_blocked": _("%(month)s 还不能结账：还有没收盘的市场。"),
    "close_too_early": _("%(month)s 还不能结账：这个月还没有过完，或者前一个月还没有结账。"),
    "close_stuck": _("有一笔更早开始的入账还没有结束，等了一分钟。过一会儿再试。"),
    "stages_unknown": _(
        "%(month)s 的结账包含本进程没有启用的步骤（%(stages)s），由启用了它们的进程继续。"
    ),
    "proofs_broken": _("查证没有通过，所以没有封存。请到“查证”里看哪一条不成立。"),
}


def said(refusal: Refusal) -> str:
    """Say why, in the reader's language; the refusal's own words where there are no others."""
    sentence = SENTENCES.get(refusal.code)
    return str(sentence) % refusal.fields if sentence else refusal.message
