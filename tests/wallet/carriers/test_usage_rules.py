"""One line of a usage file, without a database."""

import io
from datetime import date, datetime

import pytest

from ledger.rules import SHANGHAI
from wallet.carriers.usage.rules import HEADER, BadLine, attested_in, is_header, lines_in

CARRIERS = frozenset({"CT", "CU", "CM", "MV"})
GOOD = "13300000001,CT,广东,2026-11,4g-50,national,2048,548,2026-11-10,0"


def _with(**changed: str) -> bytes:
    cells = dict(zip(HEADER, GOOD.split(","), strict=True)) | changed
    return ",".join(cells[name] for name in HEADER).encode()


def test_a_good_line_is_read() -> None:
    read = attested_in(raw=GOOD.encode(), carriers=CARRIERS)
    assert read is not None
    assert read.month == date(2026, 11, 1)
    assert (read.allowance_mb, read.used_mb, read.final) == (2048, 548, False)
    assert read.as_of == datetime(2026, 11, 10, tzinfo=SHANGHAI)
    assert read.province == "广东"


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b""])
def test_line_ends_and_quotes_do_not_matter(end: bytes) -> None:
    quoted = ",".join(f'"{cell}"' for cell in GOOD.split(",")).encode() + end
    assert attested_in(raw=quoted, carriers=CARRIERS) == attested_in(
        raw=GOOD.encode(), carriers=CARRIERS
    )


def test_overage_is_no_mistake() -> None:
    read = attested_in(raw=_with(used_mb="9999"), carriers=CARRIERS)
    assert read is not None
    assert read.used_mb == 9999


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"  \n", b",,,\n"])
def test_empty_lines_say_nothing(raw: bytes) -> None:
    assert attested_in(raw=raw, carriers=CARRIERS) is None


def test_a_number_may_be_typed_with_its_country() -> None:
    read = attested_in(raw=_with(msisdn="+86 133-0000-0001"), carriers=CARRIERS)
    assert read is not None
    assert read.msisdn == "13300000001"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"msisdn": "23300000001"}, "msisdn"),
        ({"carrier": "XX"}, "carrier"),
        ({"province": "省" * 17}, "province"),
        ({"province": "a.b"}, "province"),
        ({"province": "a\x00b"}, "province"),
        ({"month": "2026-13"}, "month"),
        ({"month": "2026-1"}, "month"),
        ({"month": "1999-12"}, "month"),
        ({"package": "4G 50"}, "package"),
        ({"package": "p" * 33}, "package"),
        ({"kind": "roaming"}, "kind"),
        ({"allowance_mb": "-1"}, "allowance_mb"),
        ({"allowance_mb": "1.5"}, "allowance_mb"),
        ({"allowance_mb": "²"}, "allowance_mb"),
        ({"used_mb": str(2**63)}, "used_mb"),
        ({"used_mb": "9" * 1500}, "used_mb"),
        ({"used_mb": "1000000001"}, "used_mb"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"as_of": "0001-01-01T00:00:00+23:59"}, "as_of"),
        ({"final": "yes"}, "final"),
        ({"final": "0,extra"}, "fields"),
        ({"package": '"open'}, "quotes"),
    ],
)
def test_a_bad_line_says_why(changed: dict[str, str], why: str) -> None:
    with pytest.raises(BadLine, match=why):
        attested_in(raw=_with(**changed), carriers=CARRIERS)


def test_what_is_not_utf8_is_a_bad_line() -> None:
    with pytest.raises(BadLine, match="UTF-8"):
        attested_in(raw=GOOD.encode("gbk"), carriers=CARRIERS)


def test_an_endless_line_is_one_bad_line() -> None:
    source = io.BytesIO(b"x" * 100_000 + b"\n" + GOOD.encode())
    (first, huge), (second, good) = lines_in(source=source)
    assert (first, second) == (1, 2)
    with pytest.raises(BadLine, match="longer"):
        attested_in(raw=huge, carriers=CARRIERS)
    assert attested_in(raw=good, carriers=CARRIERS)


def test_the_header_may_bear_a_mark_and_quotes() -> None:
    assert is_header(raw=b"\xef\xbb\xbf" + ",".join(HEADER).encode() + b"\r\n")
    assert is_header(raw=",".join(f'"{name}"' for name in HEADER).encode())
    assert not is_header(raw=",".join(HEADER[:-1]).encode())
    assert not is_header(raw=b"\xff\xfe")
