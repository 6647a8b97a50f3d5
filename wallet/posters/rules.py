"""Draw a poster: pure, from words and a link to a PNG; the font comes along with its licence."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

_FONTS = Path(__file__).parent / "fonts"
FONT = _FONTS / "FlowCoinPoster-Regular.otf"

# All in pixels.
WIDTH, HEIGHT = 1080, 1600
_MARGIN = 90
_TITLE_TOP, _TEXT_TOP, _QR_TOP = 210, 400, 690
_QR_SIDE_MAX = 640
_TITLE_SIZE_MAX, _TITLE_SIZE_MIN = 120, 48
_TEXT_SIZE, _SMALL_SIZE = 52, 38
_LINES_MAX = 3
_QUIET_MODULES = 4

_GROUND, _WASH, _WHITE, _DARK = "#0b6b66", "#cfe9e6", "#ffffff", "#06211f"
_COLOURS = 32  # flat colours and the edges of letters: a small file that looks the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """What a poster says: whose it is, what is given, a greeting, and how it is taken."""

    brand: str
    title: str
    text: str
    foot: tuple[str, ...]
    link: str


def drawn(poster: Poster) -> bytes:
    """Return the poster as a PNG of 1080 by 1600 pixels."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    brush = ImageDraw.Draw(image)
    _centred(brush, poster.brand, top=90, size=_SMALL_SIZE, colour=_WASH)
    title = drawable(poster.title)
    _centred(brush, title, top=_TITLE_TOP, size=_title_size(title), colour=_WHITE)
    for row, line in enumerate(lines_of(poster.text, size=_TEXT_SIZE)):
        _centred(brush, line, top=_TEXT_TOP + 76 * row, size=_TEXT_SIZE, colour=_WHITE)
    bottom = _qr(brush, poster.link)
    foot = [line for text in poster.foot for line in lines_of(text, size=_SMALL_SIZE)]
    for row, line in enumerate(foot):
        _centred(brush, line, top=bottom + 48 + 58 * row, size=_SMALL_SIZE, colour=_WASH)
    file = BytesIO()
    image.quantize(_COLOURS).save(file, format="PNG", optimize=True)
    return file.getvalue()


def drawable(text: str) -> str:
    """Return a text without what the font does not have, such as emoji."""
    return " ".join("".join(letter for letter in text if letter in _letters()).split())


def lines_of(text: str, *, size: int) -> list[str]:
    """Return a text in the lines it is drawn in; what is too long ends in an ellipsis."""
    font, room = _font(size), WIDTH - 2 * _MARGIN
    lines: list[str] = []
    rest = drawable(text)
    while rest and len(lines) < _LINES_MAX:
        taken = _fitting(rest, font=font, room=room)
        lines.append(rest[:taken].rstrip())
        rest = rest[taken:].lstrip()
    if rest:
        lines[-1] = lines[-1][:-1] + "…"
    return lines


def _fitting(text: str, *, font: ImageFont.FreeTypeFont, room: int) -> int:
    """Return how many letters fit in a line; a Latin word stays whole where it can."""
    most = len(text)
    while most > 1 and font.getlength(text[:most]) > room:
        most -= 1
    cut_inside = most < len(text) and text[most - 1].isascii() and text[most].isascii()
    space = text.rfind(" ", 0, most + 1)
    return space if cut_inside and space > 0 else most


def _title_size(title: str) -> int:
    """Return the largest size at which the title is one line."""
    size = _TITLE_SIZE_MAX
    while size > _TITLE_SIZE_MIN and _font(size).getlength(title) > WIDTH - 2 * _MARGIN:
        size -= 8
    return size


def _centred(brush: ImageDraw.ImageDraw, text: str, *, top: int, size: int, colour: str) -> None:
    font = _font(size)
    left = (WIDTH - font.getlength(text)) / 2
    brush.text((left, top), text, font=font, fill=colour)


def _qr(brush: ImageDraw.ImageDraw, link: str) -> int:
    """Draw the code on a white sheet, whole pixels to a module; return where the sheet ends."""
    code = [list(row) for row in segno.make(link, error="m").matrix]
    modules = len(code)
    pixel = _QR_SIDE_MAX // (modules + 2 * _QUIET_MODULES)
    side = pixel * (modules + 2 * _QUIET_MODULES)
    left, top = (WIDTH - side) // 2, _QR_TOP
    brush.rounded_rectangle((left, top, left + side, top + side), radius=40, fill=_WHITE)
    for y, row in enumerate(code):
        for x, is_dark in enumerate(row):
            if is_dark:
                corner = (
                    left + pixel * (x + _QUIET_MODULES),
                    top + pixel * (y + _QUIET_MODULES),
                )
                far = (corner[0] + pixel - 1, corner[1] + pixel - 1)
                brush.rectangle((corner, far), fill=_DARK)
    return top + side


@cache
def _letters() -> frozenset[str]:
    return frozenset((_FONTS / "characters.txt").read_text(encoding="utf-8"))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)
