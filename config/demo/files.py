"""The usage files a demo plays from: made up, or the user's own."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from config.demo.month import Files
from config.demo.sample import NUMBERS, Package, sample_packages, write_usage
from ledger.rules import month_after, month_name, month_of, starts_at
from wallet.carriers.usage.rules import HEADER

USED_EARLY_PERCENT = 30


class NothingToPlay(Exception):
    """The user's file has no number of the month to be played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Packages to play with, the files to load, and what the carriers' networks know."""

    packages: Sequence[Package]
    files: Files
    network: Path


def sample_material(
    *, folder: Path, month: date, seed: str, now: datetime, numbers: int = NUMBERS
) -> Material:
    """Write made-up usage files for a month and for the current one."""
    packages = sample_packages(seed=seed, numbers=numbers)
    begins, ends = starts_at(month), starts_at(month_after(month))
    today = month_of(now)
    early = write_usage(
        folder / f"usage-{month_name(month)}.csv",
        packages,
        month=month,
        as_of=begins + timedelta(minutes=30),
        used_percent=USED_EARLY_PERCENT,
    )
    final = write_usage(
        folder / f"usage-{month_name(month)}-final.csv",
        packages,
        month=month,
        as_of=ends,
        is_final=True,
    )
    current = write_usage(
        folder / f"usage-{month_name(today)}.csv",
        packages,
        month=today,
        as_of=now,
        used_percent=USED_EARLY_PERCENT,
    )
    network = _joined(folder / "network.csv", (early, current))
    files = Files(before=(early,), end=(final,), today=(current,))
    return Material(packages=packages, files=files, network=network)


def own_material(*, folder: Path, path: Path, month: date, now: datetime) -> Material:
    """Take the user's own file for the month; the current month gets a made-up one of its numbers.

    Raises:
        NothingToPlay: it has no line of the month.
        OSError: it cannot be read.
    """
    packages = list(_packages_in(path, month=month))
    if not packages:
        raise NothingToPlay(f"{path} has no line of {month_name(month)}, the month to be played.")
    today = month_of(now)
    current = write_usage(
        folder / f"usage-{month_name(today)}.csv",
        packages,
        month=today,
        as_of=now,
        used_percent=USED_EARLY_PERCENT,
    )
    network = _joined(folder / "network.csv", (path, current))
    files = Files(before=(path,), end=(), today=(current,))
    return Material(packages=packages, files=files, network=network)


def _packages_in(path: Path, *, month: date) -> list[Package]:
    found = []
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row.get("month") != month_name(month):
                continue
            try:
                sizes = int(row["allowance_mb"]), int(row["used_mb"])
            except ValueError:
                continue  # `load` names it with its line
            found.append(
                Package(
                    msisdn=row["msisdn"],
                    carrier=row["carrier"],
                    province=row["province"],
                    package=row["package"],
                    kind=row["kind"],
                    allowance_mb=sizes[0],
                    used_mb=sizes[1],
                )
            )
    return found


def _joined(target: Path, sources: Sequence[Path]) -> Path:
    with target.open("w", encoding="utf-8") as out:
        out.write(",".join(HEADER) + "\n")
        for source in sources:
            with source.open(encoding="utf-8-sig") as lines:
                next(lines, None)
                out.writelines(lines)
    return target
