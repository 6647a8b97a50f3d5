"""Fen of a statement in yuan, which may be owed either way."""

from django import template

register = template.Library()


@register.filter
def in_yuan(fen: int) -> str:
    """Say an amount of fen in yuan, exactly, a true minus before what is to be paid: −1,234.50."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'−' if fen < 0 else ''}{whole:,}.{rest:02d}"
