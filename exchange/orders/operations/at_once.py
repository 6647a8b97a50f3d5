"""Accept the common order in one call of the database: its owner is held for that call alone."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from exchange.orders.models import Order
from ledger.operations import answer_of, refusing
from ledger.rules import SHANGHAI, Posting

_ACCEPT = (Path(__file__).parents[1] / "sql" / "accept_order_call_v4.sql").read_text()


def is_accepted_at_once(
    order: Order, *, funding: Posting, key: UUID, body: Mapping[str, object], now: datetime
) -> bool:
    """Accept an order whose owner is a person alone and may trade so much; say whether that was so.

    The call is all that is sent, and a transaction of its own unless the caller has one. Where it
    was not so, nothing is written: what there is to look into is to be looked into.

    Raises:
        BalanceTooLow: the line has less data, or the holder fewer coins.
    """
    book, (source, target) = order.book, funding.legs
    given = {
        "order": str(order.pk),
        "book": str(book.pk),
        "lot_mb": str(book.lot_mb),
        "carrier": book.carrier_id,
        "month": str(book.month),
        "holder": str(order.holder_id),
        "number": str(order.number_id) if order.number_id else None,
        "package": order.package,
        "kind": str(order.kind),
        "side": str(order.side),
        "price_coins": str(order.price_coins),
        "lots": str(order.lots),
        "time_in_force": order.time_in_force,
        "maker_bp": str(order.maker_bp),
        "taker_bp": str(order.taker_bp),
        "seller_coins_per_lot": str(order.seller_coins_per_lot),
        "now": str(now),
        "year": str(now.astimezone(SHANGHAI).year),
        "key": str(key),
        "body": json.dumps(dict(body)),
        "posting_month": str(funding.posting_month()),
        "actor": funding.actor,
        "metadata": json.dumps(dict(funding.metadata)),
        "source": source.address,
        "target": target.address,
        "asset": target.asset,
        "amount": str(target.amount),
    }
    with refusing(), _of_its_own():
        return bool(answer_of(_ACCEPT, given))


def _of_its_own() -> AbstractContextManager[None]:
    """Let a refusal undo the call and nothing of the transaction it may be in."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
