"""The project's own sources, parsed."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
APPS = ("config", "exchange", "ledger", "wallet")


@dataclass(frozen=True, slots=True)
class Source:
    """One file: where it is, from the checkout, and what it says."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path as people write it."""
        return self.path.as_posix()


def sources(*, tops: tuple[str, ...] = APPS) -> tuple[Source, ...]:
    """Return every Python file below the folders, but for migrations, which a tool writes."""
    return tuple(source for top in tops for source in _below(top=top))


@cache
def _below(*, top: str) -> tuple[Source, ...]:
    found = []
    for file in sorted((CHECKOUT / top).rglob("*.py")):
        path = file.relative_to(CHECKOUT)
        if "migrations" not in path.parts:
            text = file.read_text()
            found.append(Source(path, text, ast.parse(text)))
    return tuple(found)


def functions(*, source: Source) -> list[ast.FunctionDef]:
    """Return the functions and methods of a file."""
    return [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef)]


def imported(*, source: Source) -> set[str]:
    """Return the dotted names a file imports from."""
    names: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names
