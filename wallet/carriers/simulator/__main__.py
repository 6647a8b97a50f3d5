"""Run a simulated carrier without Django: `python -m wallet.carriers.simulator`."""

import sys
from argparse import ArgumentParser

from wallet.carriers.simulator.options import add_options, options_in
from wallet.carriers.simulator.running import CannotStart, run

parser = ArgumentParser(prog="carrier_simulator", description="Run a simulated carrier.")
add_options(parser)
try:
    run(options=options_in(parsed=parser.parse_args()))
except CannotStart as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(2)
