"""The market's part of a subscriber's home page."""

from datetime import datetime

from exchange.orders.queries import LIVE, orders_of
from ledger.queries import holdings_under
from ledger.rules import COIN
from wallet.holders.models import Holder
from wallet.home.sections import Section


def to_be_settled(holder: Holder, now: datetime) -> Section | None:
    """Show a seller's proceeds and a buyer's fee cover by month, until the months' close."""
    held = holdings_under(f"holder/{holder.pk}/")
    months: dict[str, dict[str, int]] = {}
    for holding in held:
        purse, _slash, month = holding.address.removeprefix(f"holder/{holder.pk}/").partition("/")
        if month and holding.asset == COIN:
            months.setdefault(month, {})[purse] = holding.amount
    live = orders_of(holder).filter(state__in=LIVE).count()
    if not months and not live:
        return None
    return Section(
        template="exchange/home_section.html",
        context={"months": sorted(months.items()), "live": live},
    )
