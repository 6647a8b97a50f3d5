"""A simulated carrier's rows as TMF654 resources."""

import sqlite3
from datetime import date, datetime

from ledger.rules import month_named, month_of
from wallet.carriers.adaptors.wire import (
    BASE_PATH,
    TOPUP_PACKAGE,
    bucket_id,
    period_of,
    quantity,
    written,
)
from wallet.carriers.simulator.carrier import remaining_mb
from wallet.carriers.simulator.refusals import REFUSALS


def action_record(*, row: sqlite3.Row, now: datetime) -> dict[str, object]:
    """Write what became of a reference, as of now."""
    record = _movement(row=row) | {
        "requestedDate": row["requested_at"],
        "status": _status(row=row, now=now),
    }
    if row["refusal"]:
        return record | {"reason": row["refusal"], "description": REFUSALS[row["refusal"]][1]}
    if record["status"] == "completed":
        return record | {"confirmationDate": row["booked_at"]}
    return record


def line_record(*, row: sqlite3.Row) -> dict[str, object]:
    """Write a statement's line."""
    return _movement(row=row) | {"status": "completed", "confirmationDate": row["booked_at"]}


def bucket_record(*, row: sqlite3.Row, now: datetime) -> dict[str, object]:
    """Write a number's package."""
    province = [{"id": row["province"], "role": "province"}] if row["province"] else []
    return _bucket(
        msisdn=row["msisdn"],
        month=month_named(row["month"]),
        package=row["package"],
        kind=row["kind"],
        left_mb=remaining_mb(bucket=row),
        now=now,
    ) | {"relatedParty": province}


def empty_bucket_record(*, msisdn: str, now: datetime) -> dict[str, object]:
    """Write the nothing that a subscriber without any package has: it shows whose he is."""
    return _bucket(
        msisdn=msisdn,
        month=month_of(now),
        package=TOPUP_PACKAGE,
        kind=TOPUP_PACKAGE,
        left_mb=0,
        now=now,
    )


def _bucket(
    *, msisdn: str, month: date, package: str, kind: str, left_mb: int, now: datetime
) -> dict[str, object]:
    name = bucket_id(msisdn=msisdn, month=month, package=package)
    return {
        "id": name,
        "href": f"{BASE_PATH}/bucket/{name}",
        "name": kind,
        "logicalResource": [{"id": msisdn, "@referredType": "MSISDN"}],
        "product": [{"id": package}],
        "remainingValue": quantity(mb=left_mb),
        "reservedValue": quantity(mb=0),
        "status": "active" if month >= month_of(now) else "expired",
        "usageType": "data",
        "validFor": period_of(month=month),
        "@type": "Bucket",
    }


def _movement(*, row: sqlite3.Row) -> dict[str, object]:
    month = month_named(row["month"])
    name = bucket_id(msisdn=row["msisdn"], month=month, package=row["package"])
    return {
        "id": row["id"],
        "href": f"{BASE_PATH}/balanceActionHistory/{row['id']}",
        "amount": quantity(mb=row["mb"]),
        "bucket": {"id": name, "href": f"{BASE_PATH}/bucket/{name}"},
        "logicalResource": [{"id": row["msisdn"], "@referredType": "MSISDN"}],
        "product": [{"id": row["package"]}],
        "requestor": {"id": row["ref"], "role": "reference"},
        "usageType": "data",
        "validFor": period_of(month=month),
        "@type": row["type"],
    }


def _status(*, row: sqlite3.Row, now: datetime) -> str:
    if row["refusal"]:
        return "failed"
    return "completed" if row["booked_at"] <= written(instant=now) else "created"
