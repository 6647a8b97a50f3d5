"""A month that is missing ahead is named: in the log, in the admin, by the proofs."""

from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from structlog.testing import capture_logs

from ledger import registry
from ledger.months.proofs import PROOFS
from ledger.months.queries import months_missing
from ledger.months.tasks import name_missing_months, open_months_ahead
from ledger.operations import open_month, open_months
from ledger.proofs.queries import finding_of
from ledger.rules import month_after, month_name, month_of
from tests.ledger.seals.tampering import as_owner
from wallet.holders.models import User

pytestmark = pytest.mark.own_database
PROOF = next(proof for proof in PROOFS if proof.name == "months_open_ahead")


def test_months_ahead_are_all_there(now: datetime) -> None:
    open_months(now=now)
    assert months_missing(now=now) == []
    assert finding_of(PROOF).examined == 14
    assert finding_of(PROOF).is_clean


def test_month_that_nobody_opened_is_missing(now: datetime) -> None:
    open_months(now=now)
    # Two months on, beat has slept: of the next twelve, the last is not open.
    assert months_missing(now=now.replace(year=2027, month=1)) == [date(2028, 1, 1)]


FAULTS = {
    "was never opened": "DROP TABLE ledger_entry_2027_02; ALTER TABLE ledger_month DISABLE TRIGGER"
    " USER; DELETE FROM ledger_month WHERE month = '2027-02-01'",
    "has no partition": "ALTER TABLE ledger_entry DETACH PARTITION ledger_entry_2027_02",
    "has a partition that could be emptied": "DROP TRIGGER no_truncate ON ledger_entry_2027_02",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_month_without_its_partition_is_named(now: datetime, fault: str) -> None:
    open_months(now=now)
    with as_owner() as cursor:
        cursor.execute(FAULTS[fault])
    assert months_missing(now=now) == [date(2027, 2, 1)]
    finding = finding_of(PROOF)
    assert (finding.broken, finding.first_broken) == (1, f"2027-02 {fault}")


@pytest.fixture
def missing(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Open the months ahead of today but for one, and return its name."""
    monkeypatch.setattr(registry, "_proofs", {PROOF.name: PROOF})
    this = month_of(timezone.now())
    for ahead in (*range(7), *range(8, 14)):
        open_month(month=month_after(this, ahead))
    yield month_name(month_after(this, 7))
    connections["owner"].close()


def test_task_logs_an_error_until_the_month_is_open(missing: str) -> None:
    with capture_logs() as logs:
        name_missing_months.run()
    (line,) = logs
    assert (line["log_level"], line["event"]) == ("error", "months_missing")
    assert line["months"] == [missing]
    open_months_ahead.run()
    with capture_logs() as logs:
        name_missing_months.run()
    assert logs == []


def test_admin_shows_it_above_the_months(missing: str) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("+8613900000001"))
    url = reverse("admin:ledger_month_changelist")
    said = "which have no partition"
    assert f"{said}: {missing}" in client.get(url).content.decode()
    open_months_ahead.run()
    assert said not in client.get(url).content.decode()


def test_check_names_it(missing: str) -> None:
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("ledger_check", stdout=out, stderr=err)
    assert f"first: {missing} was never opened" in out.getvalue()
    assert f"Months not open ahead: {missing}." in err.getvalue()
