"""A made-up but lifelike usage file: a few thousand numbers over four carriers."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from random import Random

from ledger.rules import month_name
from wallet.carriers.usage.rules import HEADER

NUMBERS = 3_000
# The people who play: their numbers are in the file too.
SUBSCRIBER = "13800138000"
FRIEND = "18900189000"
PREFIXES = {"CM": "138", "CT": "189", "CU": "130", "MV": "170"}
CARRIER_WEIGHTS = {"CM": 45, "CT": 25, "CU": 22, "MV": 8}
PROVINCES = ("北京", "上海", "广东", "江苏", "浙江", "四川", "湖北", "陕西")
ALLOWANCES_MB = (2_048, 3_072, 5_120, 10_240)
OTHER_KINDS = (("provincial-2g", "provincial", 2_048), ("night-3g", "night", 3_072))
NATIONAL = "national"
OTHER_PACKAGE_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package of a number in a month: its allowance and what will have been used, in MB."""

    msisdn: str
    carrier: str
    province: str
    package: str
    kind: str
    allowance_mb: int
    used_mb: int

    @property
    def left_mb(self) -> int:
        """Return what the network will not have used by the month's end."""
        return max(self.allowance_mb - self.used_mb, 0)


def sample_packages(*, seed: str, numbers: int = NUMBERS) -> list[Package]:
    """Return the packages of made-up numbers; the same seed gives the same ones."""
    dice = Random(seed)  # noqa: S311  made-up people, not secrets
    packages = []
    for msisdn, carrier in _sample_numbers(dice, numbers):
        main = Package(
            msisdn=msisdn,
            carrier=carrier,
            province=dice.choice(PROVINCES),
            package=NATIONAL,
            kind=NATIONAL,
            allowance_mb=(allowance := dice.choice(ALLOWANCES_MB)),
            used_mb=allowance * dice.randint(10, 75) // 100,
        )
        packages.append(main)
        if dice.random() < OTHER_PACKAGE_SHARE:
            name, kind, size = dice.choice(OTHER_KINDS)
            used = size * dice.randint(0, 110) // 100
            packages.append(replace(main, package=name, kind=kind, allowance_mb=size, used_mb=used))
    return packages


def _sample_numbers(dice: Random, numbers: int) -> list[tuple[str, str]]:
    found = {SUBSCRIBER: "CM", FRIEND: "CT"}
    carriers, weights = zip(*CARRIER_WEIGHTS.items(), strict=True)
    while len(found) < numbers:
        carrier = dice.choices(carriers, weights)[0]
        found[f"{PREFIXES[carrier]}{dice.randrange(10**8):08d}"] = carrier
    return list(found.items())


def write_usage(
    path: Path,
    packages: Iterable[Package],
    *,
    month: date,
    as_of: datetime,
    used_percent: int = 100,
    is_final: bool = False,
) -> Path:
    """Write a usage file of what had been used at an instant, and return its path."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for one in packages:
            rows.writerow(_row(one, month, as_of, used_percent, is_final=is_final))
    return path


def _row(
    one: Package, month: date, as_of: datetime, used_percent: int, *, is_final: bool
) -> Sequence[object]:
    used_mb = one.used_mb * used_percent // 100
    return (
        one.msisdn,
        one.carrier,
        one.province,
        month_name(month),
        one.package,
        one.kind,
        one.allowance_mb,
        used_mb,
        as_of.isoformat(),
        int(is_final),
    )
