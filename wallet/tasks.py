"""The wallet's Celery tasks, collected from its folders."""

from wallet.carriers.tasks import all_statements, serve, serve_all, statements, undecided
from wallet.convert.tasks import settle
from wallet.earn.tasks import lapse, vest
from wallet.gift.tasks import return_expired_gifts
from wallet.holders.tasks import forget_who_never_came

__all__ = [
    "all_statements",
    "forget_who_never_came",
    "lapse",
    "return_expired_gifts",
    "serve",
    "serve_all",
    "settle",
    "statements",
    "undecided",
    "vest",
]
