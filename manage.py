#!/usr/bin/env python
"""Run one of the project's commands, with the embedded servers where no address is given."""

import os
import sys

from django.core.management import execute_from_command_line

from config.embedded.session import session_for


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with session_for(arguments=sys.argv[1:]):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
