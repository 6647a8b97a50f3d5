"""Prove that the books are clean, or name what is broken."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from ledger.months.queries import digest_of, months_missing
from ledger.proofs.operations import begin_proofs, run_proofs
from ledger.proofs.queries import Finding, findings
from ledger.registry import proofs
from ledger.rules import month_name, month_named

JOBS = max(2, min(4, os.cpu_count() or 2))


class Command(BaseCommand):
    help = "Run every proof of the books. Exit 0 when clean, 1 when something is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print findings as JSON lines")
        parser.add_argument(
            "--jobs",
            type=int,
            choices=range(1, 17),
            metavar="N",
            default=JOBS,
            help=f"proofs run at a time, each on a connection of its own ({JOBS})",
        )
        parser.add_argument("--keep", action="store_true", help="show the run in the admin")
        parser.add_argument("--digest", metavar="MONTH", help="print a month's digest (2026-11)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["digest"]:
            self.stdout.write(self._digest(options["digest"]))
            return
        bar = track(
            self._findings(jobs=options["jobs"], is_kept=options["keep"]),
            total=len(proofs()),
            description="Proofs",
            console=Console(file=sys.stderr),
            disable=not sys.stderr.isatty(),
            transient=True,
        )
        show = self._as_json if options["json"] else self._as_line
        broken = 0
        for finding in bar:
            broken += not finding.is_clean
            self.stdout.write(show(finding))
        missing = months_missing(now=timezone.now())
        if missing:  # no fault of the books; but soon nothing could be posted
            names = ", ".join(month_name(month) for month in missing)
            self.stderr.write(f"Months not open ahead: {names}.")
        if broken:
            self.stderr.write(f"{broken} of {len(proofs())} proofs found something broken.")
            sys.exit(1)

    def _findings(self, *, jobs: int, is_kept: bool) -> Iterator[Finding]:
        if not is_kept:
            return findings(jobs=jobs)
        return run_proofs(begin_proofs(asked_by="command", now=timezone.now()), jobs=jobs)

    def _digest(self, name: str) -> str:
        try:
            return digest_of(month_named(name)).hex()
        except ValueError:
            raise CommandError(f"{name} is no month; one reads 2026-11.", returncode=2) from None

    def _as_line(self, finding: Finding) -> str:
        mark = "ok    " if finding.is_clean else "BROKEN"
        text = f"{mark} {finding.title}: {finding.examined:,} examined, {finding.milliseconds} ms"
        if finding.is_clean:
            return text
        return f"{text}\n       {finding.broken:,} broken, first: {finding.first_broken}"

    def _as_json(self, finding: Finding) -> str:
        return json.dumps(asdict(finding), ensure_ascii=False)
