"""Identity numbers (GB 11643): 18 digits, the last of them a check."""

import hashlib
import hmac
import re
from datetime import date

NAME_LENGTH_MAX = 40
_NUMBER = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# What a method proves, the least first; a tier's policy names the least that suffices.
PROVES = {
    "real_name": ("phone", "real_name"),
    "face": ("phone", "real_name", "real_name_and_face_or_bank"),
    "bank": ("phone", "real_name", "real_name_and_face_or_bank"),
}


def tidied_number(text: str) -> str:
    """Return an identity number as it is printed."""
    return "".join(text.split()).upper()


def is_identity_number(number: str) -> bool:
    """Tell whether a text may be an identity number: its day of birth exists, its check is right."""
    if not _NUMBER.fullmatch(number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == number[17]


def birth_year_in(number: str) -> int:
    """Return the year of birth that an identity number says."""
    return int(number[6:10])


def identity_hash(*, number: str, key: str) -> bytes:
    """Return what is kept of an identity number: nobody finds it without the key."""
    return hmac.digest(key.encode(), b"identity" + number.encode(), hashlib.sha256)
