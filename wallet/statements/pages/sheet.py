"""Draw a month's statement on A4 sheets; the font comes along."""

from collections.abc import Sequence
from io import BytesIO

from fpdf import FPDF

from wallet.posters.rules import FONT, drawable
from wallet.statements.pages.paper import Paper, Table

# All in millimetres, letters in points.
_MARGIN, _LINE = 14, 6
_TITLE, _HEAD, _TEXT, _SMALL = 18, 12, 9, 7.5
_GREY, _DARK = 110, 20
_ASSET_COLUMNS = (78, 26, 26, 26, 26)
_ENTRY_COLUMNS = (34, 55, 40, 28, 25)
_LINES_MAX = 6  # a cell


def sheet_of(paper: Paper) -> bytes:
    """Return the statement as a PDF with its font inside, letters as text."""
    pdf = _Sheet(foot=paper.foot)
    pdf.set_title(paper.title)
    pdf.add_page()
    pdf.write_line(paper.title, size=_TITLE)
    for name, value in paper.facts:
        pdf.write_line(f"{name}  {value}", size=_TEXT, grey=_GREY)
    for table in paper.tables:
        pdf.write_table(table, widths=_ASSET_COLUMNS)
    pdf.write_table(paper.entries, widths=_ENTRY_COLUMNS)
    if paper.more:
        pdf.write_line(paper.more, size=_TEXT, grey=_GREY)
    raw = BytesIO()
    pdf.output(raw)
    return raw.getvalue()


class _Sheet(FPDF):
    """A4 sheets with our font, and a foot on each."""

    def __init__(self, *, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self.add_font("text", fname=str(FONT))
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + _LINE)

    def footer(self) -> None:
        """Say below each page what this is, and which page."""
        self.set_y(-_MARGIN)
        self._ink(_SMALL, _GREY)
        self.cell(w=150, h=_LINE, text=drawable(self._foot))
        self.cell(w=0, h=_LINE, text=f"{self.page_no()} / {{nb}}", align="R")

    def write_line(self, text: str, *, size: float, grey: int = _DARK) -> None:
        """Write one line of words."""
        self._ink(size, grey)
        height = size * 0.6
        self.multi_cell(w=0, h=height, text=drawable(text), new_x="LMARGIN", new_y="NEXT")

    def write_table(self, table: Table, *, widths: Sequence[float]) -> None:
        """Write a table, its heads again on each page it reaches."""
        self.ln(_LINE / 2)
        self.write_line(table.title, size=_HEAD)
        widths = table.widths or widths
        self._row(table.heads, widths=widths, words=table.words, grey=_GREY)
        for row in table.rows:
            self._ink(_TEXT, _DARK)
            height = _LINE * max(map(len, self._lines(row, widths=widths)))
            if self.will_page_break(height):
                self.add_page()
                self._row(table.heads, widths=widths, words=table.words, grey=_GREY)
            self._row(row, widths=widths, words=table.words, grey=_DARK)

    def _row(self, cells: Sequence[str], *, widths: Sequence[float], words: int, grey: int) -> None:
        self._ink(_TEXT, grey)
        self.set_draw_color(220)
        columns = self._lines(cells, widths=widths)
        last = max(map(len, columns)) - 1
        for line in range(last + 1):
            for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
                text = column[line] if line < len(column) else ""
                align, border = "L" if place < words else "R", "B" if line == last else ""
                self.cell(w=width, h=_LINE, text=text, border=border, align=align)
            self.ln(_LINE)

    def _lines(self, cells: Sequence[str], *, widths: Sequence[float]) -> list[list[str]]:
        """Return each cell in as many lines as its column needs; only what is endless is cut."""
        return [
            self._lines_of(drawable(cell), width=width)
            for cell, width in zip(cells, widths, strict=True)
        ]

    def _lines_of(self, text: str, *, width: float) -> list[str]:
        if self.get_string_width(text) <= width - 2:
            return [text]
        found = self.multi_cell(w=width, h=_LINE, text=text, dry_run=True, output="LINES")
        assert isinstance(found, list)
        if len(found) > _LINES_MAX:
            found[_LINES_MAX - 1 :] = [f"{found[_LINES_MAX - 1][:-2]}…"]
        return found

    def _ink(self, size: float, grey: int) -> None:
        self.set_font("text", size=size)
        self.set_text_color(grey)
