"""Cut the checkpoints that balances and statements of busy accounts are read from."""

import time

from django.db import connection

from ledger.operations import refusing

CUT_CHECKPOINTS_MAX = 500
HORIZON_WAIT_SECONDS = 1.0
HORIZON_POLL_SECONDS = 0.02


def cut_checkpoints() -> int:
    """Cut what can be, up to now, and return how many checkpoints were cut.

    While a transaction begun before is under way, nothing after it is cut: that is left to the
    next call. Must run outside a database transaction, or its horizon would mean nothing.

    Raises:
        WrongIsolation: this is inside a database transaction that has written.
    """
    cut = _cut_to_horizon() or 0
    with refusing(), connection.cursor() as cursor:
        cursor.execute("SELECT public.ledger_checkpoint_mark_v1()")
    ends_at = time.monotonic() + HORIZON_WAIT_SECONDS
    while (more := _cut_to_horizon()) is None:
        if not _is_waiting() or time.monotonic() > ends_at:
            return cut
        time.sleep(HORIZON_POLL_SECONDS)
    return cut + more


def _cut_to_horizon() -> int | None:
    """Cut up to the horizon taken last; None while it is not reached, or none was taken."""
    total = 0
    while True:
        with refusing(), connection.cursor() as cursor:
            cursor.execute("SELECT public.ledger_checkpoint_cut_v2(%s)", [CUT_CHECKPOINTS_MAX])
            cut: int | None = cursor.fetchone()[0]
        if cut is None:
            return total or None
        total += cut
        if cut < CUT_CHECKPOINTS_MAX:
            return total


def _is_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT xid IS NOT NULL FROM public.ledger_checkpoint_state")
        return bool(cursor.fetchone()[0])
