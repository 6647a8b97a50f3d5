#!/usr/bin/env python
"""Run one of the project's commands, with the embedded servers where no address is given."""

import os
import sys

from config.command_line import CommandLine
from config.embedded.session import session_for


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with session_for(arguments=sys.argv[1:]):
        CommandLine(sys.argv).execute()


if __name__ == "__main__":
    main()
