"""What a command says that was asked wrongly: one line, and exit code 2."""

import sys
from argparse import ArgumentTypeError
from difflib import get_close_matches
from functools import partial
from typing import Any, NoReturn

from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError

from ledger.refusals import Refusal

OURS = {"config", "exchange", "ledger", "wallet"}
WRONGLY_ASKED = 2
NOT_DONE = 1
PORT_MAX = 65_535
GONE_STATES = {None, "57P01", "57P02", "57P03"}  # no connection; stopped, crashed, not up yet


class CommandLine(ManagementUtility):
    """Django's, but that what cannot be done is said in a line, where Django prints its usage."""

    def execute(self) -> None:
        """Run the command; with --traceback, whatever stops it is shown whole."""
        try:
            super().execute()
        except Refusal as refusal:
            self._stop(refusal, says=refusal.message, code=WRONGLY_ASKED)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") not in GONE_STATES:
                raise
            self._stop(error, says=f"The database does not answer: {error}", code=NOT_DONE)

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """Return the command; one of ours takes wrong arguments for what they are."""
        known = get_commands()
        if subcommand not in known:
            near = get_close_matches(subcommand, known, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            _leave(
                f"Unknown command: {subcommand!r}.{meant} {self.prog_name} help lists them.",
                code=WRONGLY_ASKED,
            )
        command = super().fetch_command(subcommand)
        if command.__module__.partition(".")[0] in OURS:
            command.create_parser = partial(_parser_of, command)  # type: ignore[method-assign]
        return command

    def _stop(self, error: Exception, *, says: str, code: int) -> NoReturn:
        if "--traceback" in self.argv:
            raise error
        _leave(f"{self.argv[1]}: {says}", code=code)


def tcp_port(text: str) -> int:
    """Return the port that an option names.

    Raises:
        ArgumentTypeError: there is no such port.
    """
    if not (text.isascii() and text.isdecimal() and int(text) <= PORT_MAX):
        raise ArgumentTypeError(f"{text} is no port: 0 to {PORT_MAX}")
    return int(text)


def _parser_of(command: BaseCommand, *names: str, **more: Any) -> CommandParser:
    """Return a command's parser; its errors are a line, without the usage that --help shows."""
    parser = type(command).create_parser(command, *names, **more)
    parser.error = partial(_refuse, parser.prog)  # type: ignore[method-assign]
    return parser


def _refuse(command: str, message: str) -> NoReturn:
    _leave(f"{command}: {message} (--help says more)", code=WRONGLY_ASKED)


def _leave(line: str, *, code: int) -> NoReturn:
    """End the process with one line, whatever was in it."""
    sys.stderr.write(" ".join(line.split()) + "\n")
    sys.exit(code)
