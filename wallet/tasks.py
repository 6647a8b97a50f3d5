"""The wallet's Celery tasks, collected from its folders."""

from wallet.carriers.tasks import all_statements, serve, serve_all, statements, undecided
from wallet.catalog.tasks import fetch, fetch_all
from wallet.catalog.tasks import settle as settle_catalog
from wallet.closures.tasks import take_back
from wallet.convert.tasks import settle, tell_waiting
from wallet.earn.tasks import lapse, vest
from wallet.gift.tasks import return_expired_gifts
from wallet.holders.tasks import forget_who_never_came
from wallet.invoices.tasks import tell_ready_invoices
from wallet.notify.tasks import deliver
from wallet.numbers.tasks import keep_what_came_back_to_lines
from wallet.packets.tasks import end_packets, publish_days
from wallet.records.tasks import forget_old
from wallet.rollover.tasks import all_remainders, ask_holders, remainders, roll_what_waited
from wallet.rollover.tasks import settle as settle_own_data
from wallet.winddown.tasks import go_on

__all__ = [
    "all_remainders",
    "all_statements",
    "ask_holders",
    "deliver",
    "end_packets",
    "fetch",
    "fetch_all",
    "forget_old",
    "forget_who_never_came",
    "go_on",
    "keep_what_came_back_to_lines",
    "lapse",
    "publish_days",
    "remainders",
    "return_expired_gifts",
    "roll_what_waited",
    "serve",
    "serve_all",
    "settle",
    "settle_catalog",
    "settle_own_data",
    "statements",
    "take_back",
    "tell_ready_invoices",
    "tell_waiting",
    "undecided",
    "vest",
]
