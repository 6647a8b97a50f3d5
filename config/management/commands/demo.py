"""Play a month through the real operations, settle it, and serve the result."""

import os
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config.command_line import tcp_port
from config.demo.database import NotOurs, fresh_database, played_month, remember
from config.demo.files import Material, NothingToPlay, own_material, sample_material
from config.demo.month import begin_this_month, play_month, settle
from config.demo.outside import OutsideDown, carriers_running, sponsor_running
from config.demo.summary import close_lines, how_to_log_in, proof_lines, summary_of
from config.embedded.children import free_port
from config.embedded.home import home_of
from config.processes import ChildEnded, supervised
from ledger.months.models import Close
from ledger.rules import month_after, month_name, month_of, starts_at

WRONG_INPUT = 2
CLOSES_AFTER = timedelta(minutes=10)


class Command(BaseCommand):
    """Play, settle, serve."""

    help = "Play the previous month on sample data, settle it, and serve it on 127.0.0.1."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to serve, and what to play."""
        parser.add_argument("--port", type=tcp_port, default=8000, help="TCP port of 127.0.0.1")
        parser.add_argument("--check", action="store_true", help="do all of it, do not serve")
        parser.add_argument("--usage", type=Path, help="play your own usage file")

    def handle(self, *args: Any, port: int, check: bool, usage: Path | None, **more: Any) -> None:
        """Play unless this month was played before, prove the books, serve.

        Raises:
            CommandError: something cannot be had (2), or the books are not clean (1).
        """
        now = timezone.now()
        month = month_after(month_of(now), -1)
        folder = home_of(checkout=settings.BASE_DIR) / "demo"
        call_command("migrate", verbosity=0, interactive=False)
        try:
            if usage or not played_month(folder=folder, month=month):
                _refuse_too_early(now)
                self._play(month=month, now=now, folder=folder, usage=usage)
            self._prove()
            self._serve(folder=folder, port=free_port() if check else _usable(port), check=check)
        except (NotOurs, NothingToPlay, OutsideDown, OSError) as error:
            raise CommandError(str(error), returncode=WRONG_INPUT) from error
        except ChildEnded as ended:
            raise CommandError(str(ended)) from ended

    def _play(self, *, month: date, now: datetime, folder: Path, usage: Path | None) -> None:
        seed = f"demo {month_name(month)}"
        own = usage.resolve(strict=True) if usage else None
        fresh_database(folder=folder)
        self._say(
            [f"Playing {month_name(month)} from its first day to its close, for some minutes."]
        )
        material = _material(folder=folder, month=month, seed=seed, now=now, own=own)
        with carriers_running(folder=folder, usage=material.network) as partner, _bar() as bar:
            stage = play_month(
                month=month,
                packages=material.packages,
                files=material.files,
                partner=partner,
                seed=seed,
                bar=bar,
            )
            done, refused = Counter(stage.done), Counter(stage.refused)
            close = settle(month=month, files=material.files, now=timezone.now(), bar=bar)
            begin_this_month(stage=stage, files=material.files, now=timezone.now())
            stage.close()
        close = Close.objects.select_related("month").get(pk=close.pk)
        told = [*summary_of(month=month, done=done, refused=refused), *close_lines(close)]
        remember(folder=folder, month=month, told={"summary": told})
        self._say(told)

    def _prove(self) -> None:
        broken = 0
        for finding, line in proof_lines(now=timezone.now()):
            broken += not finding.is_clean
            self._say([line])
        if broken:
            raise CommandError(f"The books are not clean: {broken} proofs failed.")
        self._say(["The books are clean."])

    def _serve(self, *, folder: Path, port: int, check: bool) -> None:
        url = f"http://127.0.0.1:{port}"
        os.environ["PUBLIC_URL"] = url  # the children read both
        # A line for each request and task would bury how to log in.
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        with ExitStack() as running:
            running.enter_context(carriers_running(folder=folder, usage=None))
            running.enter_context(sponsor_running(folder=folder, wallet=url))
            home = home_of(checkout=settings.BASE_DIR)
            site = running.enter_context(
                supervised(checkout=settings.BASE_DIR, port=port, folder=home)
            )
            if check:
                self._say([f"Served {url}; all of it works."])
                return
            self._say(how_to_log_in(url=url))
            self._say(["Ctrl-C stops everything."])
            site.watch()

    def _say(self, lines: Any) -> None:
        for line in lines:
            self.stdout.write(line)
        self.stdout.flush()


def _refuse_too_early(now: datetime) -> None:
    if now < starts_at(month_of(now)) + CLOSES_AFTER:
        raise CommandError(
            "The last month may be closed from 00:10 on (Asia/Shanghai): begin then.",
            returncode=WRONG_INPUT,
        )


def _material(*, folder: Path, month: date, seed: str, now: datetime, own: Path | None) -> Material:
    if own is None:
        return sample_material(folder=folder, month=month, seed=seed, now=now)
    return own_material(folder=folder, path=own, month=month, now=now)


@contextmanager
def _bar() -> Iterator[Progress]:
    console = Console(file=sys.stderr)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        yield bar


def _usable(port: int) -> int:
    """Return the port, or a free one where another program has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return free_port()
    return port
