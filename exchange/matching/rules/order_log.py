"""Read an order log: CSV with a header, block by block, however large the file.

Cells of a block without quotes are split on commas, faster than the csv module would;
from the first quote on, the module reads the rest.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import chain, islice, repeat
from operator import itemgetter
from typing import Final, Protocol

COLUMNS: Final = (
    "seq",
    "command",
    "order_id",
    "side",
    "price",
    "quantity",
    "time_in_force",
    "group",
    "phase",
)
OPTIONAL_COLUMNS: Final = frozenset({"time_in_force", "group", "phase"})
BLOCK_BYTES: Final = 1 << 16
LINE_BYTES_MAX: Final = 1 << 20
QUOTED_ROWS_PER_BATCH: Final = 1000
# Of these bytes int() reads whole numbers only: no underscores, blanks, other digits.
PLAIN_BYTES: Final = bytes(byte for byte in range(0x21, 0x7F) if byte not in b'"_+') + b"\n"
WHOLE_NUMBER: Final = re.compile(r"-?[0-9]+")
NEEDS_QUOTES: Final = re.compile(r'[",\r\n]')

Row = tuple[int, list[str]]  # the number of its line, its cells
Choice = Callable[[Iterable[Row]], Iterable[Row]]


class Source(Protocol):
    """A binary stream, such as an open file or standard input."""

    def read1(self, size: int, /) -> bytes:
        """Return some bytes, at most `size`, none at the end."""


class MalformedLineError(Exception):
    """A line of the log cannot be read; what came before it stands."""

    def __init__(self, *, line: int, why: str) -> None:
        """Keep the line's number, the header's being 1."""
        super().__init__(f"line {line}: {why}")
        self.line = line


@dataclass(slots=True, frozen=True)
class Batch:
    """Carry rows, each with the cells of COLUMNS or blank, and what reads their numbers."""

    rows: Iterable[Row]
    integer: Callable[[str], int]


@dataclass(slots=True, frozen=True)
class _Block:
    first_line: int
    text: str
    is_plain: bool


def batches(source: Source) -> Iterator[Batch]:
    """Read a log's rows, batch by batch; an order id comes as it is to be printed.

    Raises:
        MalformedLineError: the header, or a line, cannot be read.
    """
    blocks = _blocks(source)
    first = next(blocks, _Block(1, "", is_plain=True))
    header, _, body = first.text.partition("\n")
    choose = _choice(header)
    if body:
        blocks = chain([_Block(2, body, is_plain=first.is_plain)], blocks)
    return _batches(blocks, choose)


def _batches(blocks: Iterator[_Block], choose: Choice) -> Iterator[Batch]:
    for block in blocks:
        if '"' in block.text or "\r" in block.text:
            rows = iter(choose(_quoted_rows(block.first_line, chain([block], blocks))))
            while row := next(rows, None):
                some = chain([row], islice(rows, QUOTED_ROWS_PER_BATCH - 1))
                yield Batch(map(_printable, some), whole_number)
            return
        lines = block.text.removesuffix("\n").split("\n")
        split_lines = enumerate(map(str.split, lines, repeat(",")), block.first_line)
        yield Batch(choose(split_lines), int if block.is_plain else whole_number)


def whole_number(text: str) -> int:
    """Read a whole number written in ASCII digits and nothing else.

    Raises:
        ValueError: it is not one.
    """
    if WHOLE_NUMBER.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)


def _blocks(source: Source) -> Iterator[_Block]:
    """Cut a stream into texts of whole lines that end with a line feed."""
    line, tail = 1, b""
    while data := source.read1(BLOCK_BYTES):
        data = tail + data
        cut = data.rfind(b"\n") + 1
        tail = data[cut:]
        if len(tail) > LINE_BYTES_MAX:
            raise MalformedLineError(line=line, why=f"longer than {LINE_BYTES_MAX} bytes")
        if cut:
            yield from _decoded(line, data[:cut])
            line += data.count(b"\n", 0, cut)
    if tail:
        yield from _decoded(line, tail)


def _decoded(line: int, data: bytes) -> Iterator[_Block]:
    """Decode whole lines; those before a line that is not UTF-8 still come."""
    data = data.replace(b"\r\n", b"\n")
    is_plain = not data.translate(None, PLAIN_BYTES)
    try:
        yield _Block(line, data.decode(), is_plain=is_plain)
    except UnicodeDecodeError as error:
        good = data[: data.rfind(b"\n", 0, error.start) + 1]
        if good:
            yield _Block(line, good.decode(), is_plain=False)
        raise MalformedLineError(line=line + good.count(b"\n"), why="not UTF-8") from error


def _choice(header: str) -> Choice:
    """Learn from the header where COLUMNS stand in a row."""
    try:
        names = next(csv.reader([header.removeprefix("\ufeff")], strict=True), [])
    except csv.Error as error:
        raise MalformedLineError(line=1, why=str(error)) from error
    for name in COLUMNS:
        if names.count(name) > 1 or (name not in names and name not in OPTIONAL_COLUMNS):
            raise MalformedLineError(line=1, why=f"the header must name {name!r} once")
    if tuple(names) == COLUMNS:
        return lambda rows: rows
    width = len(names)
    places = [names.index(name) if name in names else width for name in COLUMNS]
    return lambda rows: _chosen(rows, width=width, places=places)


def _chosen(rows: Iterable[Row], *, width: int, places: list[int]) -> Iterator[Row]:
    """Put each row's cells in the order of COLUMNS, an absent column's being empty."""
    choose = itemgetter(*places)
    for line, cells in rows:
        if len(cells) == width:
            yield line, list(choose([*cells, ""]))
        elif cells not in ([], [""]):
            raise MalformedLineError(line=line, why=f"{len(cells)} cells instead of {width}")


def _quoted_rows(first_line: int, blocks: Iterable[_Block]) -> Iterator[Row]:
    """Read rows whose cells may be quoted and then hold commas and line feeds."""
    lines = (line for block in blocks for line in StringIO(block.text, newline="\n"))
    reader = csv.reader(lines, strict=True)
    line = first_line
    try:
        for cells in reader:
            yield line, cells
            line = first_line + reader.line_num  # where the next row begins
    except csv.Error as error:
        raise MalformedLineError(line=line, why=str(error)) from error


def _printable(row: Row) -> Row:
    """Quote an order id again where CSV wants it, so that a report prints it as it is."""
    line, cells = row
    place = COLUMNS.index("order_id")
    if len(cells) > place and NEEDS_QUOTES.search(cells[place]):
        cells[place] = '"' + cells[place].replace('"', '""') + '"'
    return line, cells
