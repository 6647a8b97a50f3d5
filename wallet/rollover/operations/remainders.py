"""Ask a carrier that sends no final figures what was left at a month's end, and take its word."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from wallet.carriers.adaptors.contract import Adaptor, Remainder
from wallet.carriers.models import Usage
from wallet.carriers.usage.operations import UsageReport, load_attested
from wallet.carriers.usage.rules import Attested
from wallet.holders.models import Number
from wallet.rollover.models import Deposit, TakeBack
from wallet.rollover.queries import deposited_mb


def attest_remainders(
    *, adaptor: Adaptor, month: date, now: datetime, limit: int = 500
) -> UsageReport:
    """Attest an ended month of a carrier's numbers that have no final figures by its adaptor.

    A number with an open deduct or restore waits: what the carrier says of it is still moving.

    Raises:
        CarrierUnavailable: the carrier could not be asked.
    """
    report = UsageReport()
    for number in _without_figures(carrier=adaptor.carrier, month=month)[:limit]:
        remainders = adaptor.remainder(msisdn=number.msisdn, month=month)
        lines = list(_attested(number, remainders=remainders, now=now))
        load_attested(lines, report=report, now=now)
    return report


def _without_figures(*, carrier: str, month: date) -> QuerySet[Number]:
    final = Usage.objects.filter(
        msisdn=OuterRef("msisdn"), carrier=carrier, month=month, final=True
    )
    of_number = {"number": OuterRef("pk"), "month": month}
    deposits = Deposit.objects.filter(**of_number, state=Deposit.State.ASKED)
    take_backs = TakeBack.objects.filter(**of_number, state=TakeBack.State.ASKED)
    return Number.objects.filter(
        ~Exists(final),
        ~Exists(deposits),
        ~Exists(take_backs),
        carrier=carrier,
        holder__isnull=False,
    ).order_by("id")


def _attested(
    number: Number, *, remainders: Iterable[Remainder], now: datetime
) -> Iterable[Attested]:
    for left in remainders:
        # The carrier counts out what it handed over to us; attestations do not.
        handed_over = deposited_mb(
            number=number, carrier=number.carrier_id, package=left.package, month=left.month
        )
        before = Usage.objects.filter(
            msisdn=number.msisdn,
            carrier=number.carrier_id,
            month=left.month,
            package=left.package,
        ).first()
        own_mb = left.remaining_mb + handed_over
        allowance_mb = max(before.allowance_mb if before else 0, own_mb)
        yield Attested(
            msisdn=number.msisdn,
            carrier=number.carrier_id,
            province=left.province or number.province,
            month=left.month,
            package=left.package,
            kind=left.kind,
            allowance_mb=allowance_mb,
            used_mb=allowance_mb - own_mb,
            as_of=now,
            final=True,
        )
