"""Try a carrier's server by the adaptor's contract before it joins."""

import sys
from argparse import ArgumentParser
from contextlib import closing
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from wallet.carriers.adaptors.channel import CallLimits
from wallet.carriers.adaptors.tmf654 import Tmf654Adaptor
from wallet.carriers.adaptors.trial import Trial
from wallet.carriers.adaptors.verdicts import verdicts
from wallet.carriers.rules import is_msisdn

SOME_BROKEN = 1
UNUSABLE = 2
DECIDE_SECONDS = 20
HASTY = CallLimits(read_seconds=0.001)


class Command(BaseCommand):
    help = (
        "Try a carrier's server by the adaptor's contract, on a number it lends: 1 MB at a time, "
        "what is deducted is given back. Exits 0: every rule is kept, 1: some are not, 2: nothing "
        "could be tried."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012  as Django declares it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="the server's root, without the TMF path")
        parser.add_argument("--carrier", required=True, help="the carrier's code, such as CT")
        parser.add_argument("--msisdn", required=True, help="a number of the carrier to try on")
        parser.add_argument(
            "--package", required=True, help="a national package of the number, with 2 MB left"
        )
        parser.add_argument("--decide-seconds", type=float, default=DECIDE_SECONDS)

    def handle(self, *args: Any, url: str, carrier: str, msisdn: str, **options: Any) -> None:
        _refuse_unusable(url=url, msisdn=msisdn)
        with (
            closing(Tmf654Adaptor(carrier=carrier, base_url=url)) as adaptor,
            closing(Tmf654Adaptor(carrier=carrier, base_url=url, limits=HASTY)) as hasty,
        ):
            trial = Trial(
                adaptor=adaptor,
                hasty=hasty,
                msisdn=msisdn,
                package=options["package"],
                clock=timezone.now,
                decide_seconds=options["decide_seconds"],
            )
            broken = 0
            for verdict in verdicts(trial):
                broken += not verdict.passed
                mark = "pass" if verdict.passed else "FAIL"
                told = f": {verdict.broken}" if verdict.broken else ""
                self.stdout.write(f"{mark}  {verdict.rule:32} {verdict.title}{told}")
        if broken:
            self.stderr.write(f"{broken} rules are broken.")
            sys.exit(SOME_BROKEN)


def _refuse_unusable(*, url: str, msisdn: str) -> None:
    if not is_msisdn(text=msisdn):
        raise CommandError(f"{msisdn} is no mainland mobile number.", returncode=UNUSABLE)
    try:
        httpx.get(url, timeout=5, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise CommandError(f"{url} cannot be reached: {error}", returncode=UNUSABLE) from error
