"""Killed before any posting, after it, or between two, a wind-down ends as if undisturbed."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

import wallet.packets.operations.end as packets_end
import wallet.refunds.operations as refunds
import wallet.rollover.operations.home as rollover_home
from ledger.models import Transaction
from ledger.proofs.queries import findings
from ledger.queries import coins_in
from tests.carrying import carriers_answer
from tests.forks import leave_no_connection
from tests.given import NOW
from tests.given_winddown import a_service, a_wind_down
from wallet.convert.models import Conversion
from wallet.convert.operations import home
from wallet.earn.operations import pay
from wallet.gift.operations import give_back
from wallet.refunds.models import CashRefund
from wallet.refunds.queries import owed_by_issuers
from wallet.winddown.models import WindDown
from wallet.winddown.operations import advance_wind_down

pytestmark = pytest.mark.own_database

# In the order of the steps: what comes earlier is done before a later one is reached.
POSTING = (
    (pay, "post"),
    (give_back, "post_batch"),
    (packets_end, "post"),
    (rollover_home, "post_batch"),
    (home, "post_batch"),
    (refunds, "post_batch"),
)
Post = Callable[..., Any]


def _die(*_args: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _killing(post: Post, *, after: bool) -> Post:
    def posted(*args: Any) -> Any:
        if after:
            post(*args)
        return _die()

    return posted


def _run(step: tuple[Any, str] | None, *, after: bool) -> None:
    """Go on in a process of its own until it waits, ends, or is killed at a step's posting."""
    if step is not None:
        module, name = step
        setattr(module, name, _killing(getattr(module, name), after=after))
    while advance_wind_down(now=NOW, limit=1).done:
        pass


def _in_a_process(step: tuple[Any, str] | None, *, after: bool = False) -> int:
    leave_no_connection()
    child = multiprocessing.get_context("fork").Process(
        target=_run, args=(step,), kwargs={"after": after}
    )
    child.start()
    child.join()
    assert child.exitcode is not None
    return child.exitcode


def _killed_at(step: tuple[Any, str], *, after: bool) -> None:
    # Before the step is reached carriers may have to be waited for, once.
    for _ in range(2):
        carriers_answer(now=NOW)
        if _in_a_process(step, after=after) == -signal.SIGKILL:
            return
    raise AssertionError(f"{step} was never reached.")


def test_killed_at_every_posting_it_ends_once() -> None:
    service = a_service()
    issued = sum(owed_by_issuers().values())
    a_wind_down()
    for step in POSTING:
        for after in (False, True):
            _killed_at(step, after=after)
    while not WindDown.objects.filter(ended_at=NOW).exists():
        carriers_answer(now=NOW)
        assert _in_a_process(None) == 0
    assert [found for found in findings() if not found.is_clean] == []
    assert owed_by_issuers() == {}
    assert sum(CashRefund.objects.values_list("coins", flat=True)) == issued
    assert Conversion.objects.get(holder=service.near).coins == 900
    assert coins_in(f"earning/{service.earning.pk}") == 0
    kinds = list(Transaction.objects.values_list("kind", flat=True))
    once = ("gift_expire", "packet_return", "task_lapse", "take_back", "convert_delivered")
    assert {kind: kinds.count(kind) for kind in once} == dict.fromkeys(once, 1)
