"""Prove numbers by codes, port and release them, take them from whom they left."""

from wallet.numbers.operations.keep import keep_released_data, keep_what_came_back
from wallet.numbers.operations.life import (
    LoginNumber,
    NoSuchCarrier,
    change_login,
    port_number,
    release_number,
)
from wallet.numbers.operations.prove import (
    NumberCodeGone,
    NumberCodeWrong,
    TooManyCodes,
    TooManyNumbers,
    add_proved_number,
    ask_number_code,
)
from wallet.numbers.operations.recycle import (
    NotDoubted,
    disown_number,
    doubt_number,
    prove_numbers,
    recycle_number,
)

__all__ = [
    "LoginNumber",
    "NoSuchCarrier",
    "NotDoubted",
    "NumberCodeGone",
    "NumberCodeWrong",
    "TooManyCodes",
    "TooManyNumbers",
    "add_proved_number",
    "ask_number_code",
    "change_login",
    "disown_number",
    "doubt_number",
    "keep_released_data",
    "keep_what_came_back",
    "port_number",
    "prove_numbers",
    "recycle_number",
    "release_number",
]
