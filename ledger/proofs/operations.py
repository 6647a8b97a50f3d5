"""Run the proofs and keep what they found."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from ledger.proofs.models import ProofFound, ProofRun
from ledger.proofs.queries import Finding, findings


def begin_proofs(*, asked_by: str, now: datetime) -> ProofRun:
    """Note that the proofs begin to run: one that is cut off is seen to have no end."""
    return ProofRun.objects.create(started_at=now, asked_by=asked_by)


def run_proofs(run: ProofRun, *, jobs: int = 1) -> Iterator[Finding]:
    """Run every proof, keep and yield what each found, and end the run."""
    begun = time.monotonic()
    for place, finding in enumerate(findings(jobs=jobs)):
        ProofFound.objects.create(
            run=run,
            place=place,
            name=finding.name,
            title=finding.title,
            examined=finding.examined,
            broken=finding.broken,
            first_broken=finding.first_broken,
            milliseconds=finding.milliseconds,
        )
        run.broken += not finding.is_clean
        yield finding
    run.ended_at = run.started_at + timedelta(seconds=time.monotonic() - begun)
    run.save(update_fields=["broken", "ended_at"])
