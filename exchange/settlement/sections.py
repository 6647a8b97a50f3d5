"""The market's part of a subscriber's home page."""

from datetime import datetime

from exchange.market.queries import unsettled_of
from exchange.orders.queries import LIVE, orders_of
from ledger.sections import Section
from wallet.holders.models import Holder


def to_be_settled(holder: Holder, now: datetime) -> Section | None:
    """Show a seller's proceeds and a buyer's fee cover by month, until the months' close."""
    months = unsettled_of(holder)
    live = orders_of(holder).filter(state__in=LIVE).count()
    if not months and not live:
        return None
    return Section(template="exchange/home_section.html", context={"months": months, "live": live})
