"""What the apps tell the ledger: proofs, causes behind addresses, stages of the close."""

from django.apps import apps

from ledger import registry
from ledger.proofs.rules import PROOFS as LEDGER_PROOFS
from ledger.seals.proofs import PROOFS as SEALS_PROOFS
from wallet.carriers.tasks import follow_decisions, nudge
from wallet.convert.proofs import PROOFS as CONVERT_PROOFS
from wallet.convert.queries import (
    cause_of_conversion,
    cause_of_data_delivery,
    set_aside_in_conversions,
    set_aside_in_deliveries,
)
from wallet.convert.tasks import settle
from wallet.earn.pages import earnings_set_aside
from wallet.earn.proofs import PROOFS as EARN_PROOFS
from wallet.earn.queries import cause_of_earning
from wallet.gift.proofs import PROOFS as GIFT_PROOFS
from wallet.gift.queries import cause_of_gift, set_aside_in_gifts
from wallet.holders.set_aside import register_set_aside
from wallet.home.sections import register_section
from wallet.rollover.operations.close import INPUT as ROLLOVER_INPUT
from wallet.rollover.operations.close import STAGES as ROLLOVER_STAGES
from wallet.rollover.operations.close import freeze_rolls
from wallet.rollover.proofs import PROOFS as ROLLOVER_PROOFS
from wallet.rollover.queries import cause_of_line, cause_of_take_back, take_backs_waiting
from wallet.rollover.tasks import settle as settle_own_data
from wallet.sponsors.proofs import PROOFS as SPONSORS_PROOFS
from wallet.sponsors.queries import cause_of_campaign, cause_of_sponsor


def register() -> None:
    """Register everything, once, when all apps are loaded."""
    registry.register_proofs(LEDGER_PROOFS)
    registry.register_proofs(SEALS_PROOFS)
    registry.register_proofs(SPONSORS_PROOFS)
    registry.register_resolver("sponsor", cause_of_sponsor)
    registry.register_resolver("campaign", cause_of_campaign)
    registry.register_proofs(EARN_PROOFS)
    registry.register_resolver("earning", cause_of_earning)
    register_set_aside("earning", earnings_set_aside)
    registry.register_proofs(GIFT_PROOFS)
    registry.register_resolver("gift", cause_of_gift)
    register_set_aside("gift", set_aside_in_gifts)
    registry.register_proofs(CONVERT_PROOFS)
    registry.register_resolver("conversion", cause_of_conversion)
    registry.register_resolver("delivery", _cause_of_delivery)
    register_set_aside("conversion", set_aside_in_conversions)
    register_set_aside("delivery", set_aside_in_deliveries)
    follow_decisions(lambda: nudge(settle))
    registry.register_proofs(ROLLOVER_PROOFS)
    registry.register_resolver("line", cause_of_line)
    register_set_aside("take_back", take_backs_waiting)
    follow_decisions(lambda: nudge(settle_own_data))
    registry.register_freezer(ROLLOVER_INPUT, freeze_rolls)
    for stage in ROLLOVER_STAGES:
        registry.register_stage(stage)
    if apps.is_installed("exchange"):
        _register_exchange()


def _cause_of_delivery(address: str) -> registry.Cause | None:
    """Return what is on its way under `delivery/<id>`: to a phone, or back into a package."""
    return cause_of_data_delivery(address) or cause_of_take_back(address)


def _register_exchange() -> None:
    # The exchange is an option: where it is left out, its models are not to be imported.
    from exchange.market.queries import orders_set_aside
    from exchange.orders.proofs import PROOFS
    from exchange.orders.queries import cause_of_order
    from exchange.settlement.operations import STAGES
    from exchange.settlement.queries import books_open_at
    from exchange.settlement.sections import to_be_settled

    registry.register_proofs(PROOFS)
    registry.register_resolver("order", cause_of_order)
    registry.register_blocker("books", books_open_at)
    register_section("to_be_settled", to_be_settled)
    for stage in STAGES:
        registry.register_stage(stage)
    register_set_aside("order", orders_set_aside)
