"""How a stage is cut into parts: by the first digits of ids, so that no part grows with the books."""

from itertools import product

PART_SUBJECTS_MAX = 8_000
_DIGITS = "0123456789abcdef"
_LENGTH_MAX = 4


def hex_shards(subjects: int) -> tuple[str, ...]:
    """Return the parts of a stage over so many subjects: beginnings of their ids, all of them.

    Ids are random, so that each part has about as many: at most some thousand, whatever the
    number of subjects, and so the memory a part takes stays the same.
    """
    length = 1
    while subjects > PART_SUBJECTS_MAX * 16**length and length < _LENGTH_MAX:
        length += 1
    return tuple("".join(digits) for digits in product(_DIGITS, repeat=length))


def id_bounds(shard: str) -> tuple[str, str]:
    """Return the first and the last id (32 hex digits) that begin with these digits."""
    rest = 32 - len(shard)
    return shard + "0" * rest, shard + "f" * rest
