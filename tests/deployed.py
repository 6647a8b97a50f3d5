"""The settings that a server of ours runs with, its shares of memory taken of this machine."""

import os
import re
from pathlib import Path

FILE = Path(__file__).parents[1] / "deploy" / "postgresql.conf"
_SETTING = re.compile(r"(?P<name>\w+) = (?P<value>\S+)")
_MEMORY_SHARES = {"shared_buffers": 0.25, "effective_cache_size": 0.625}


def settings() -> dict[str, str]:
    """Return what the file sets, in its order."""
    found = (_SETTING.fullmatch(line) for line in FILE.read_text().splitlines())
    return {one["name"]: one["value"] for one in found if one}


def settings_here() -> dict[str, str]:
    """Return the same for a server that has this machine."""
    memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024**2
    shares = {name: f"{int(memory_mb * share)}MB" for name, share in _MEMORY_SHARES.items()}
    return {**settings(), **shares}
