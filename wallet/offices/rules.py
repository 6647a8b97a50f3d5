"""What carriers may hand in and say, and how old what they work on is."""

from datetime import timedelta

UPLOAD_BYTES_MAX = 8 * 1024 * 1024
BODY_CHARACTERS_MAX = 1_000_000  # in a JSON body; longer files come by the page, or by the command
ERRORS_KEPT = 100
NAME_LENGTH_MAX = 255
TEXT_LENGTH_MAX = 500
CODE = "[A-Z0-9]{2,4}"  # what a carrier is called by

#: How old something undecided is, in ranks: younger than each of these, or older than the last.
AGES = (timedelta(hours=1), timedelta(hours=24), timedelta(hours=48))


def is_said(text: str) -> bool:
    """Tell whether a text may stand as an answer: printable, not empty, not too long."""
    return 1 <= len(text) <= TEXT_LENGTH_MAX and all(map(str.isprintable, text.splitlines()))
