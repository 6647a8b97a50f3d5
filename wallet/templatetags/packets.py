"""A sponsor's red packets on its page."""

from typing import Any

from django import template

from wallet.packets.queries import link_of, packets_of_sponsor
from wallet.sponsors.models import Sponsor

register = template.Library()


@register.inclusion_tag("packets/of_sponsor.html")
def packets_of(sponsor: Sponsor, *, sponsor_id: str, manages: bool) -> dict[str, Any]:
    """Show a sponsor's packets, each with what became of it."""
    found = [(packet, report, link_of(packet)) for packet, report in packets_of_sponsor(sponsor)]
    return {"packets": found, "sponsor_id": sponsor_id, "manages": manages}
