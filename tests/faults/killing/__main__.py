"""The trial: `python -m tests.faults.killing --kills 50 --seed 7`; `make kill` runs it."""

import argparse
import os
import secrets
import time
from itertools import cycle, islice
from random import Random

import django
from rich.console import Console
from rich.progress import Progress

from config.embedded.session import stop_on_signals
from tests.faults.killing.server import a_server

CLIENTS_MIN, CLIENTS_MAX = 4, 8


def main() -> None:
    """Run the trial, and say what it found."""
    parser = argparse.ArgumentParser(prog="tests.faults.killing", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    stop_on_signals()
    console, begun = Console(), time.monotonic()
    console.print(f"{asked.kills} kills, --seed {asked.seed}")
    with a_server() as server:
        django.setup()
        from tests.faults.killing.trial import KINDS, Trial  # its models need Django set up

        dice = Random(asked.seed)
        clients = dice.randint(CLIENTS_MIN, CLIENTS_MAX)
        trial = Trial(server=server, seed=asked.seed, dice=dice, clients=clients)
        trial.begin()
        # No thread draws the bar: a fork of a process with threads may hang.
        with Progress(console=console, auto_refresh=False) as progress:
            bar = progress.add_task("killed", total=asked.kills)
            for kind in islice(cycle(KINDS), asked.kills):
                trial.kill_once(kind=kind)
                progress.update(bar, advance=1, refresh=True)
        trial.end()
    for name, count in trial.found.items():
        console.print(f"{count:>9,} {name}")
    console.print(
        f"{clients} clients, {time.monotonic() - begun:.0f} s: nothing lost, nothing halved"
    )


if __name__ == "__main__":
    main()
