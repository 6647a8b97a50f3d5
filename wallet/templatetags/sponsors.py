"""What sponsors owe, in words."""

from django import template

register = template.Library()


@register.filter
def yuan(fen: int) -> str:
    """Say an amount of fen in yuan, exactly."""
    return f"{fen // 100:,}.{fen % 100:02d}"
