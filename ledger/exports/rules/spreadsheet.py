"""CSV as spreadsheets read it, sent a row at a time."""

import csv
from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take a CSV without it for something else than UTF-8


class _Echo:
    """Hands back what the CSV writer writes, a row at a time."""

    def write(self, value: str) -> str:
        return value


def spreadsheet(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Return the text of rows, the heads first, as they come: a long list takes no memory."""
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow(row)
