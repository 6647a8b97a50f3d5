"""The parts of a close: each is run once, its postings and its mark together."""

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from ledger.months.models import Close, ClosePart
from ledger.months.operations.begin import closing_month, stages_known
from ledger.months.rules import came_by_asset
from ledger.operations import post_batch, refusing
from ledger.registry import Stage
from ledger.rules import PlannedPostings, month_in_id, told

_POST_PLANNED = (Path(__file__).parents[1] / "sql" / "post_planned_v1.sql").read_text()


def run_next_part(*, close: Close, now: datetime) -> ClosePart | None:
    """Run one part of the earliest unfinished stage; None if none is left or all are being run.

    The part's domain rows, its mark and its postings commit together.
    """
    left = ClosePart.objects.filter(close=close, done_at__isnull=True)
    with transaction.atomic():
        part = (
            left.select_for_update(skip_locked=True)
            .filter(place=left.order_by("place").values("place")[:1])
            .first()
        )
        if part is not None:
            _run_part(part=part, close=close, now=now)
    return part


def _run_part(*, part: ClosePart, close: Close, now: datetime) -> None:
    begun = time.monotonic()
    stage = _stage_named(part.stage)
    closing = closing_month(close)
    planned = stage.plan(closing, part.shard)
    if isinstance(planned, PlannedPostings):
        part.postings, part.totals = post_planned(planned)
    else:
        if stage.record:
            stage.record(closing, part.shard, planned)
        post_batch(planned)
        part.postings, part.totals = len(planned), came_by_asset(planned)
    # The mark may follow what was posted: its row has been held since the part was taken.
    part.milliseconds = round((time.monotonic() - begun) * 1000)
    part.done_at = now
    part.save()


def post_planned(planned: PlannedPostings) -> tuple[int, dict[str, int]]:
    """Post what a query plans, all or nothing; return how many, and amounts moved by asset.

    What was posted before with the same content is counted, and skipped.

    Raises: as `post_batch`.
    """
    statement = _POST_PLANNED.replace("{query}", planned.query)
    own: dict[str, Any] = {
        "kind": planned.kind,
        "posting_month": planned.month,
        "at": planned.at,
        "actor": planned.actor,
        "facts": json.dumps(dict(planned.facts)),
        "about": planned.about,
        "month_in_id": month_in_id(planned.month),
        "told": told((planned.month, planned.name)),
    }
    with refusing(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # a part's rows are sorted, not spilled
        cursor.execute(statement, {**planned.parameters, **own})
        postings, totals, _posted = cursor.fetchone()
    return postings, json.loads(totals)


def _stage_named(name: str) -> Stage:
    return next(stage for stage in stages_known() if stage.name == name)


def has_parts_left(close: Close) -> bool:
    """Tell whether any part of the close is not done."""
    return ClosePart.objects.filter(close=close, done_at__isnull=True).exists()
