"""Read a pasted list of names and numbers, a friend to a line."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from wallet.carriers.rules import MsisdnUnreadable, normalised

CONTACTS_MAX = 2_000  # a holder
LIST_LENGTH_MAX = 100_000  # letters of a pasted list
NAME_LENGTH_MAX = 64

# Eleven digits, parted or not, with the country before them or not.
_NUMBER = re.compile(r"(?:(?:\+|00)?86[\s-]{0,2})?1[3-9][0-9](?:[\s-]?[0-9]){8}(?![0-9])")
_AROUND_NAMES = " \t\"',;:|/、，；：。()（）<>-"


@dataclass(frozen=True, slots=True)
class PastedList:
    """What a pasted list says: names by number, and the lines nothing could be read from."""

    names: Mapping[str, str]
    unread: tuple[str, ...]


def pasted(text: str) -> PastedList:
    """Return the names and numbers of a list; a number without a name is its own name.

    Name and number may stand in either order, parted by anything that is neither. Of a number
    that stands there twice the last name counts.
    """
    names: dict[str, str] = {}
    unread: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if line:
            found = _friend_in(line)
            if found is None:
                unread.append(line)
            else:
                names[found[0]] = found[1]
    return PastedList(names=names, unread=tuple(unread))


def is_name(text: str) -> bool:
    """Tell whether a text may be a contact's name: 1 to 64 letters in one line."""
    return 1 <= len(text) <= NAME_LENGTH_MAX and text.isprintable()


def _friend_in(line: str) -> tuple[str, str] | None:
    plain = unicodedata.normalize("NFKC", line)
    found = _NUMBER.search(plain)
    if found is None or plain[: found.start()][-1:].isdigit():
        return None
    try:
        msisdn = normalised(typed=found[0])
    except MsisdnUnreadable:
        return None
    rest = (plain[: found.start()].strip(_AROUND_NAMES), plain[found.end() :].strip(_AROUND_NAMES))
    name = " ".join(" ".join(rest).split()) or msisdn
    return (msisdn, name) if is_name(name) else None
