"""What people paste: a friend to a line, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.contacts.rules import is_name, pasted


@pytest.mark.parametrize(
    "line",
    [
        "阿梅 13800138000",
        "13800138000 阿梅",
        "阿梅,13800138000",
        "阿梅，138 0013 8000",
        "“阿梅”：+86 138-0013-8000".replace("“", '"').replace("”", '"'),
        "阿梅\t8613800138000",
        "阿梅（１３８００１３８０００）",
        '"阿梅","13800138000"',
        "阿梅 <13800138000>;",
    ],
)
def test_a_line_is_a_name_and_a_number(line: str) -> None:
    found = pasted(line)
    assert (dict(found.names), found.unread) == ({"13800138000": "阿梅"}, ())


def test_a_number_alone_is_its_own_name() -> None:
    assert pasted("13800138000").names == {"13800138000": "13800138000"}


def test_of_a_number_twice_the_last_name_counts() -> None:
    assert pasted("阿梅 13800138000\n\n梅姐 138-0013-8000").names == {"13800138000": "梅姐"}


@pytest.mark.parametrize(
    "line",
    ["阿梅", "阿梅 1380013800", "阿梅 138001380001", "阿梅 12800138000", "x" * 65 + " 13800138000"],
)
def test_what_is_no_friend_is_named(line: str) -> None:
    found = pasted(f"{line}\n小博 13900139000")
    assert (dict(found.names), found.unread) == ({"13900139000": "小博"}, (line,))


def test_a_name_is_one_line_of_at_most_64() -> None:
    assert is_name("阿梅")
    assert is_name("x" * 64)
    assert not any(map(is_name, ("", "x" * 65, "a\nb", "a\0b")))


@given(st.text(max_size=400))
def test_whatever_is_pasted_gives_numbers_or_says_what_it_could_not_read(text: str) -> None:
    found = pasted(text)
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    assert len(found.names) + len(found.unread) <= len(lines)
    assert set(found.unread) <= set(lines)
    assert all(len(msisdn) == 11 and is_name(name) for msisdn, name in found.names.items())
