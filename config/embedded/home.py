"""Where the embedded servers keep their data, and which account they run as."""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOCK_SECONDS_MAX = 1800
LOCK_POLL_SECONDS = 0.1
USERS = "another command that uses the embedded servers"
MEMORY = Path("/dev/shm")  # noqa: S108  the owner of what lies there is checked
MEMORY_BYTES_MIN = 2 * 1024**3  # ten times what one run leaves
HOMES = ("embedded", "embedded-test", "embedded-kill", "embedded-15")


class CannotRun(SystemExit):
    """Stop the command with one sentence that says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An unprivileged account of this machine."""

    uid: int
    gid: int


def service_account() -> Account | None:
    """Return whom the servers run as when we are root; None means as ourselves.

    Raises:
        CannotRun: root on a machine without an unprivileged account.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    raise CannotRun("Running as root, and there is no account 'nobody' to run PostgreSQL as.")


def is_reachable(*, path: Path) -> bool:
    """Tell whether an unprivileged account may walk down to the path."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def home_of(*, checkout: Path, name: str = "embedded") -> Path:
    """Return the folder of this checkout's servers of that name, made when it is missing.

    Raises:
        CannotRun: the folder belongs to another account.
    """
    return _made(home=_home_path(checkout=checkout.resolve(), name=name))


def passing_home_of(*, checkout: Path, name: str) -> Path:
    """Return the folder of servers nobody misses: in memory, where this machine has the room.

    A file system without a journal looks at every file it just removed before it makes one:
    a database copied for a test and dropped after it then costs seconds, not hundredths.

    Raises:
        CannotRun: the folder belongs to another account.
    """
    home = _home_path(checkout=checkout.resolve(), name=name)
    return _made(home=_memory_path(home=home) if _has_room_in_memory() else home)


def remove_homes(*, checkout: Path) -> None:
    """Remove the data of every server of this checkout, wherever it lies."""
    for name in HOMES:
        home = _home_path(checkout=checkout.resolve(), name=name)
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(_memory_path(home=home), ignore_errors=True)


def _made(*, home: Path) -> Path:
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    if home.stat().st_uid != os.getuid():
        raise CannotRun(f"{home} belongs to another account: set EMBEDDED_DIR, or remove it.")
    return home


def _memory_path(*, home: Path) -> Path:
    return MEMORY / f"flow-coin-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def _has_room_in_memory() -> bool:
    """Tell whether the tests' servers fit into memory, beside all that runs there."""
    try:
        room = os.statvfs(MEMORY)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize >= MEMORY_BYTES_MIN


def _home_path(*, checkout: Path, name: str) -> Path:
    if chosen := os.environ.get("EMBEDDED_DIR"):
        return (checkout / chosen).resolve()
    if os.geteuid() == 0 and not is_reachable(path=checkout / "x"):
        # The unprivileged account cannot enter a private home, and nobody's folders are opened
        # up for it: the data lives elsewhere, one folder for each checkout.
        mark = hashlib.sha256(str(checkout).encode()).hexdigest()[:12]
        return Path("/var/tmp") / f"flow-coin-{name}-{mark}"  # noqa: S108  its owner is checked
    return checkout / f".{name}"


def runnable_folder(*, folder: Path, package: Path, home: Path) -> Path:
    """Return the folder of binaries, or a copy of it where the service account can read it.

    `package` is the installed package around it; its `.libs` neighbour is copied along.
    """
    if service_account() is None or is_reachable(path=folder / "x"):
        return folder
    built = next(iter(sorted(folder.iterdir()))).stat().st_mtime_ns
    copies = home / "binaries"
    copy = copies / f"{package.name}-{built}"
    if not copy.exists():
        unfinished = copies / f"{copy.name}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, unfinished / source.name, symlinks=True)
        unfinished.rename(copy)
    return copy / package.name / folder.relative_to(package)


@contextmanager
def locked(*, home: Path, name: str = "lock", waits_for: str = USERS) -> Iterator[None]:
    """Hold one of the home's locks; whoever must wait is told once what for.

    `lock` is for those who start servers, or use short ones of their own.

    Raises:
        CannotRun: another command kept the lock for half an hour.
    """
    with (home / name).open("a") as file:
        ends = time.monotonic() + LOCK_SECONDS_MAX
        told = False
        while not _has_locked(descriptor=file.fileno()):
            if time.monotonic() > ends:
                raise CannotRun(f"Another command keeps {home / name}.")
            if not told:
                sys.stderr.write(f"Waiting for {waits_for}.\n")
                told = True
            time.sleep(LOCK_POLL_SECONDS)
        yield


def _has_locked(*, descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    remove_homes(checkout=Path(__file__).parents[2])
