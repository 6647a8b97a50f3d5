"""Pages: my numbers, and the code that adds one."""

from wallet.numbers.pages.changing import carrier, disown, login, release
from wallet.numbers.pages.mine import add, code, numbers
from wallet.numbers.pages.words import DESK, KINDS, NOTICES, SENTENCES

__all__ = [
    "DESK",
    "KINDS",
    "NOTICES",
    "SENTENCES",
    "add",
    "carrier",
    "code",
    "disown",
    "login",
    "numbers",
    "release",
]
