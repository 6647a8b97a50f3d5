"""Prove numbers by codes, port and release them, take them from whom they left, give logins back."""

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
from wallet.numbers.operations.relogin import (
    LoginChangeDecided,
    LoginChangeExpired,
    LoginChangeOfAnother,
    LoginNotProved,
    NotAPersonsLogin,
    OwnLoginChange,
    approve_login,
    decline_login,
    propose_login,
    prove_login,
    withdraw_login,
)

__all__ = [
    "LoginChangeDecided",
    "LoginChangeExpired",
    "LoginChangeOfAnother",
    "LoginNotProved",
    "LoginNumber",
    "NoSuchCarrier",
    "NotAPersonsLogin",
    "NotDoubted",
    "NumberCodeGone",
    "NumberCodeWrong",
    "OwnLoginChange",
    "TooManyCodes",
    "TooManyNumbers",
    "add_proved_number",
    "approve_login",
    "ask_number_code",
    "change_login",
    "decline_login",
    "disown_number",
    "doubt_number",
    "keep_released_data",
    "keep_what_came_back",
    "port_number",
    "propose_login",
    "prove_login",
    "prove_numbers",
    "recycle_number",
    "release_number",
    "withdraw_login",
]
