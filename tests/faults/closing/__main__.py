"""The trial: `python -m tests.faults.closing --kills 100 --seed 7`; `make kill-close` runs it."""

import argparse
import os
import secrets
import time
from itertools import cycle
from random import Random

import django
from rich.console import Console
from rich.progress import Progress

from config.embedded.session import stop_on_signals
from config.embedded.valkey import Valkey
from tests.faults.killing.server import a_server

EACH = 12


def main() -> None:
    """Run the trial, and say what it found."""
    parser = argparse.ArgumentParser(prog="tests.faults.closing", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    stop_on_signals()
    console, begun = Console(), time.monotonic()
    console.print(f"{asked.kills} kills, --seed {asked.seed}")
    with a_server() as server:
        broker = Valkey(home=server.home, state=server.state)
        broker.start()
        os.environ["REDIS_URL"] = server.state.redis_url
        try:
            django.setup()
            from tests.faults.closing.trial import KINDS, Trial  # its models need Django set up

            trial = Trial(server=server, dice=Random(asked.seed), each=EACH)
            trial.begin()
            kinds = cycle(KINDS)
            # No thread draws the bar: a fork of a process with threads may hang.
            with Progress(console=console, auto_refresh=False) as progress:
                bar = progress.add_task("killed", total=asked.kills)
                while trial.kills < asked.kills:
                    trial.kill_once(kind=next(kinds))
                    progress.update(bar, completed=trial.kills, refresh=True)
            trial.end()
        finally:
            broker.stop()
    for name, count in trial.found.items():
        console.print(f"{count:>9,} {name}")
    console.print(f"killed amid a part of: {', '.join(sorted(trial.amid))}")
    console.print(f"first stage left undone: {', '.join(sorted(trial.left_at))}")
    took = time.monotonic() - begun
    console.print(f"{took:.0f} s: every close ended with the digest of the undisturbed one")


if __name__ == "__main__":
    main()
