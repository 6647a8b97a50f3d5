"""Celery's door to the proofs: every night, and a word to the administrators when one is broken."""

import structlog
from celery import shared_task
from django.core.mail import mail_admins
from django.utils import timezone

from ledger.proofs.operations import begin_proofs, run_proofs

log = structlog.get_logger(__name__)
JOBS = 2


@shared_task(name="ledger.proofs.prove_books")
def prove_books() -> None:
    """Run every proof and keep what it found; tell of what is broken at once."""
    run = begin_proofs(asked_by="nightly", now=timezone.now())
    broken = [finding for finding in run_proofs(run, jobs=JOBS) if not finding.is_clean]
    for finding in broken:
        log.error("proof broken", proof=finding.name, run=run.pk, first=finding.first_broken)
    if broken:
        lines = [f"{finding.title}\n  {finding.first_broken}" for finding in broken]
        mail_admins(
            f"{len(broken)} proofs of the books are broken", "\n".join(lines), fail_silently=True
        )
    else:
        log.info("books proved", run=run.pk)
