"""Compile translations (.po to .mo) in pure Python: GNU gettext is not on a bare machine."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CHECKOUT = Path(__file__).resolve().parents[1]
APPS = ("config", "ledger", "wallet", "exchange")


def locale_folders() -> list[Path]:
    """Return every folder's own catalogs: a folder brings its translations along."""
    return [folder for app in APPS for folder in sorted((CHECKOUT / app).rglob("locale"))]


def compile_catalogs() -> list[Path]:
    """Compile the catalogs that are newer than what was compiled of them, and return those."""
    return [
        source
        for folder in locale_folders()
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po"))
        if _compile(source=source)
    ]


def _compile(*, source: Path) -> bool:
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return False
    with source.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    # Written beside and renamed: a server may be reading the old one.
    unfinished = target.with_suffix(".mo.unfinished")
    with unfinished.open("wb") as file:
        write_mo(file, catalog)
    unfinished.replace(target)
    return True


if __name__ == "__main__":
    compile_catalogs()
