"""A poster is a picture of its own size, with a code that holds the link."""

from io import BytesIO

import segno
from PIL import Image

from wallet.posters.rules import HEIGHT, WIDTH, Poster, drawable, drawn, lines_of

LINK = "https://coins.example/g/abcdefghijklmnopqrstuv/"
DARK = (6, 33, 31)


def a_poster(*, text: str = "生日快乐", link: str = LINK) -> bytes:
    foot = ("长按识别二维码", "2026-11-24 10:30 之前有效")
    return drawn(Poster(brand="流量币", title="送你 50 币", text=text, foot=foot, link=link))


def modules_in(picture: Image.Image) -> list[list[bool]]:
    """Read the code back: the dark squares between the first and the last dark pixel."""
    plain = picture.convert("RGB")
    dark = [(x, y) for y in range(HEIGHT) for x in range(WIDTH) if plain.getpixel((x, y)) == DARK]
    left, right = min(x for x, _ in dark), max(x for x, _ in dark)
    top = min(y for _, y in dark)
    count = len(segno.make(LINK, error="m").matrix)
    pixel = (right - left + 1) // count
    middle = pixel // 2
    return [
        [
            plain.getpixel((left + pixel * x + middle, top + pixel * y + middle)) == DARK
            for x in range(count)
        ]
        for y in range(count)
    ]


def test_a_poster_is_a_small_png_of_a_phones_shape() -> None:
    picture = Image.open(BytesIO(a_poster()))
    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    assert len(a_poster()) < 100_000


def test_its_code_holds_the_link() -> None:
    wanted = [[bool(each) for each in row] for row in segno.make(LINK, error="m").matrix]
    assert modules_in(Image.open(BytesIO(a_poster()))) == wanted


def test_a_greeting_is_drawn() -> None:
    assert a_poster(text="生日快乐") != a_poster(text="一路平安")
    assert a_poster(text="🎂") == a_poster(text="")


def test_what_the_font_has_not_is_left_out() -> None:
    assert drawable("生日🎂快乐\u200d ，Zoë！") == "生日快乐 ，Zoë！"
    assert drawable("囍 甭 鑫 …") == "囍 甭 鑫 …"


def test_a_text_is_parted_into_lines_and_ends_in_an_ellipsis() -> None:
    assert lines_of("", size=52) == []
    assert lines_of("早", size=52) == ["早"]
    whole = lines_of("happy birthday and everything good in the whole world", size=52)
    assert " ".join(whole) == "happy birthday and everything good in the whole world"
    assert len(whole) == 2
    long = lines_of("福" * 100, size=52)
    assert len(long) == 3
    assert long[-1].endswith("福…")
    assert lines_of("W" * 100, size=52)[0].startswith("WW")
