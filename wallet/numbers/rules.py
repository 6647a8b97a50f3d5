"""Codes that prove a number."""

import hmac
from datetime import timedelta
from uuid import UUID

VALID_FOR = timedelta(minutes=5)
#: How long a new login waits for a second person.
PROPOSED_FOR = timedelta(days=3)
TRIES_MAX = 5
_DIGITS = 6


def number_code(*, code_id: UUID, key: str) -> str:
    """Return the digits sent to a number: always the same for one asking."""
    digest = hmac.digest(key.encode(), b"number-code" + code_id.bytes, "sha256")
    return f"{int.from_bytes(digest[:8]) % 10**_DIGITS:0{_DIGITS}d}"


def is_right(*, typed: str, code_id: UUID, key: str) -> bool:
    """Tell whether somebody typed the digits that were sent."""
    digits = "".join(typed.split())
    return hmac.compare_digest(digits.encode(), number_code(code_id=code_id, key=key).encode())
