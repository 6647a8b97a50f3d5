"""What may be written in a case."""

TEXT_LENGTH_MAX = 500


def tidied(text: str) -> str:
    """Return a written text with its lines' ends alike and nothing around it."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def is_text(text: str) -> bool:
    """Tell whether a tidied text may stand in a case: printable lines, not too long."""
    return len(text) <= TEXT_LENGTH_MAX and all(map(str.isprintable, text.split("\n")))
