"""What a month's statement says on paper, in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ROWS_MAX = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of words under heads; the first `words` columns are words, the others numbers.

    Its columns are as wide as `widths` says, in millimetres, 182 together; as usual without.
    """

    title: str
    heads: Sequence[str]
    rows: Iterable[Sequence[str]]
    words: int = 1
    widths: Sequence[float] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a statement says, already in words."""

    title: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    entries: Table
    foot: str
    more: str = ""


def drawn(paper: Paper) -> bytes:
    """Return the statement as a PDF with its font inside, letters as text."""
    # What draws takes as long to load as a fifth of everything else: for who asks, not for all.
    from wallet.statements.pages.sheet import sheet_of

    return sheet_of(paper)
