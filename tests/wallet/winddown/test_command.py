"""`wind_down` announces, rehearses to the coin without a trace, and carries out to the end."""

import io
import uuid
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone

from ledger.models import Entry, Transaction
from ledger.operations import open_months, post
from ledger.rules import CNY, Posting, move
from tests.carrying import carriers_answer
from tests.given import NOW, a_sponsor
from tests.given_own_data import a_policy
from tests.given_winddown import a_service, a_wind_down
from wallet.winddown.models import WindDown
from wallet.winddown.operations import (
    WindDownBegun,
    WindDownUnproved,
    advance_wind_down,
    rehearse_wind_down,
)
from wallet.winddown.queries import Moved

pytestmark = pytest.mark.own_database
# What follows from the carriers' answers, which a rehearsal does not have.
BY_ANSWERS = {"convert_delivered", "take_back_done", "wind_down_refund"}


def said(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("wind_down", *arguments, stdout=out, **options)
    return out.getvalue()


def posted_since(before: set[uuid.UUID]) -> list[Moved]:
    rows = (
        Entry.objects.exclude(transaction__in=before)
        .filter(amount__gt=0)
        .values_list("transaction__kind", "account__asset")
        .annotate(amount=Sum("amount"))
        .order_by("transaction__kind", "account__asset")
    )
    return [
        Moved(
            kind=kind,
            asset=asset,
            transactions=Transaction.objects.exclude(pk__in=before).filter(kind=kind).count(),
            amount=int(amount),
        )
        for kind, asset, amount in rows
        if kind not in BY_ANSWERS
    ]


def test_the_command_goes_all_the_way_and_the_rehearsal_was_exact() -> None:
    now = timezone.now()
    open_months(now=now)
    a_service(now=now)
    a_policy("winddown.notice_days", 0, now=now)
    before = set(Transaction.objects.values_list("pk", flat=True))
    rehearsed = rehearse_wind_down(now=timezone.now())
    assert "wind_down_refund: " in said("--dry-run")
    assert set(Transaction.objects.values_list("pk", flat=True)) == before
    assert not WindDown.objects.exists()
    with pytest.raises(CommandError, match="announced"):
        said()
    assert "may begin" in said("--announce", "The licence ends.")
    assert said("--call-off") == "Called off.\n"
    said("--announce", "The licence ends, really.")
    assert said("--no-wait").startswith("Waiting: carriers, 2 left.")
    with pytest.raises(WindDownBegun):
        rehearse_wind_down(now=timezone.now())
    carriers_answer(now=timezone.now())
    ended = said()
    assert "no coin is outstanding" in ended
    assert "CT owes" in ended
    assert [one for one in rehearsed if one.kind not in BY_ANSWERS] == posted_since(before)
    assert said().startswith("The service has ended")


def test_it_does_not_end_while_a_proof_is_broken() -> None:
    sponsor = a_sponsor()
    legs = move(
        asset=CNY, amount=5, source="issuer/CT/revenue", target=f"sponsor/{sponsor.pk}/receivable"
    )
    post(Posting(id=uuid.uuid4(), kind="correction", at=NOW, actor="test", legs=legs))
    a_wind_down()
    assert advance_wind_down(now=NOW).step == "tell"
    with pytest.raises(WindDownUnproved) as refused:
        advance_wind_down(now=NOW)
    assert refused.value.fields["proof"] == "sponsors"
    assert not WindDown.objects.filter(ended_at__isnull=False).exists()
