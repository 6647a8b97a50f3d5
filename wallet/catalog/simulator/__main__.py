"""Run a simulated partner without Django: `python -m wallet.catalog.simulator`."""

import sys
from argparse import ArgumentParser

from wallet.carriers.simulator.running import CannotStart
from wallet.catalog.simulator.options import add_options, options_in
from wallet.catalog.simulator.running import run

parser = ArgumentParser(prog="catalog_simulator", description="Run a simulated partner.")
add_options(parser)
try:
    run(options=options_in(parsed=parser.parse_args()))
except CannotStart as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(2)
