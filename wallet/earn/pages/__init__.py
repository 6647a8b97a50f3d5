"""HTML: tasks and earnings for people, campaigns and their reports for sponsors."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ledger.rules import COIN
from wallet.earn.queries import open_earnings_of
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id
from wallet.holders.set_aside import SetAside

SENTENCES = {
    "task_closed": _("这个任务现在不能开始。"),
    "task_already_started": _("您已经开始过这个任务，每人一次。"),
    "campaign_budget_spent": _("这个活动的币已经发完了。"),
    "own_task": _("您代表这家赞助商，不能领它自己的任务。"),
    "wallet_full": _("钱包里最多放 %(coins_max)s 币，再加就超过了。"),
    "bad_task": _("任务有一项填得不对，请检查标题、分钟、网址和每一步的币。"),
}
NOTICES = {
    "earning_vested": _("任务奖励到账 %(amount_words)s"),
    "earning_lapsed": _("任务没有按时完成，留出的 %(amount_words)s 已退回活动"),
}


def earnings_set_aside(holder: Holder) -> Iterator[SetAside]:
    """Tell which tasks somebody is doing hold coins for it."""
    for earning, waiting in open_earnings_of(holder):
        shown = opaque_id("ern", earning.pk)
        yield SetAside(
            id=shown,
            asset=COIN,
            amount=waiting,
            url=reverse("earning", args=[shown]),
            until=earning.lapses_at,
        )
