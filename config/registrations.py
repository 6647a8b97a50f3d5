"""What the apps tell the ledger: proofs, causes behind addresses, stages of the close."""

from collections.abc import Mapping
from uuid import UUID

from django.apps import apps

from config.finders import register_finders
from config.winding_down import register_steps
from ledger import registry
from ledger.adjustments.pages import DESK as ADJUSTMENTS_DESK
from ledger.adjustments.proofs import PROOFS as ADJUSTMENTS_PROOFS
from ledger.adjustments.queries import cause_of_adjustment
from ledger.checkpoints.proofs import PROOFS as CHECKPOINTS_PROOFS
from ledger.months.proofs import PROOFS as MONTHS_PROOFS
from ledger.proofs.proofs import PROOFS as LEDGER_PROOFS
from ledger.seals.proofs import PROOFS as SEALS_PROOFS
from ledger.sections import OF_MONTH
from wallet.carriers.adaptors.choice import register_way
from wallet.carriers.causes import (
    cause_of_carrier,
    cause_of_fees,
    cause_of_issuer,
    cause_of_system,
    personal_of_instruction,
)
from wallet.carriers.reconciliation.operations import register_bookings
from wallet.carriers.tasks import follow_decisions, nudge
from wallet.cases.sentences import DESK as CASES_DESK
from wallet.catalog.adaptors.choice import speak_tmf622
from wallet.catalog.proofs import BOOKINGS as CATALOG_BOOKINGS
from wallet.catalog.proofs import PROOFS as CATALOG_PROOFS
from wallet.catalog.queries import (
    cause_of_purchase,
    personal_of_purchase,
    purchases_owned_by,
    set_aside_in_purchases,
)
from wallet.catalog.tasks import settle as settle_purchases
from wallet.clearing.operations import INPUT as CLEARING_INPUT
from wallet.clearing.operations import STAGES as CLEARING_STAGES
from wallet.clearing.operations import freeze_prices
from wallet.clearing.proofs import PROOFS as CLEARING_PROOFS
from wallet.clearing.queries import cause_of_clearing
from wallet.clearing.sentences import DESK as CLEARING_DESK
from wallet.closures.proofs import PROOFS as CLOSURES_PROOFS
from wallet.convert.proofs import BOOKINGS as CONVERT_BOOKINGS
from wallet.convert.proofs import PROOFS as CONVERT_PROOFS
from wallet.convert.queries import (
    cause_of_conversion,
    cause_of_data_delivery,
    owned_on_its_way,
    personal_of_conversion,
    personal_of_data_delivery,
    set_aside_in_conversions,
    set_aside_in_deliveries,
)
from wallet.convert.tasks import settle
from wallet.corrections.sections import after_the_close
from wallet.earn.pages import earnings_set_aside
from wallet.earn.proofs import PROOFS as EARN_PROOFS
from wallet.earn.queries import cause_of_earning, earnings_owned_by
from wallet.gift.proofs import PROOFS as GIFT_PROOFS
from wallet.gift.queries import (
    Met,
    cause_of_gift,
    gifts_owned_by,
    personal_of_gift,
    register_relations,
    set_aside_in_gifts,
)
from wallet.holders.causes import (
    cause_of_holder,
    personal_of_holder,
    personal_of_number,
    wallet_and_lines_of,
)
from wallet.holders.set_aside import register_set_aside, register_unfinished
from wallet.home.sections import OF_HOME, OF_MEMBER
from wallet.invoices.operations import INPUT as INVOICES_INPUT
from wallet.invoices.operations import STAGES as INVOICES_STAGES
from wallet.invoices.operations import freeze_invoice_prices
from wallet.invoices.pages import newest_of_mine
from wallet.invoices.proofs import PROOFS as INVOICES_PROOFS
from wallet.invoices.queries import cause_of_invoice
from wallet.merchants.proofs import PROOFS as MERCHANTS_PROOFS
from wallet.merchants.queries import cause_of_merchant, merchant_budget_owned_by
from wallet.numbers.pages import DESK as LOGINS_DESK
from wallet.packets.proofs import PROOFS as PACKETS_PROOFS
from wallet.packets.queries import (
    cause_of_packet,
    met_in_packets,
    packets_owned_by,
    personal_of_packet,
    set_aside_in_packets,
)
from wallet.policy.sentences import DESK as POLICY_DESK
from wallet.refunds.proofs import PROOFS as REFUNDS_PROOFS
from wallet.rollover.operations.close import INPUT as ROLLOVER_INPUT
from wallet.rollover.operations.close import STAGES as ROLLOVER_STAGES
from wallet.rollover.operations.close import freeze_rolls
from wallet.rollover.proofs import BOOKINGS as ROLLOVER_BOOKINGS
from wallet.rollover.proofs import PROOFS as ROLLOVER_PROOFS
from wallet.rollover.queries import (
    cause_of_line,
    cause_of_take_back,
    has_deposits_under_way,
    personal_of_take_back,
    take_backs_owned_by,
    take_backs_waiting,
)
from wallet.rollover.tasks import settle as settle_own_data
from wallet.sponsors.proofs import PROOFS as SPONSORS_PROOFS
from wallet.sponsors.queries import budgets_owned_by, cause_of_campaign, cause_of_sponsor
from wallet.winddown.sentences import DESK as WIND_DOWN_DESK


def register() -> None:
    """Register everything, once, when all apps are loaded."""
    registry.register_proofs(LEDGER_PROOFS)
    registry.register_proofs(SEALS_PROOFS)
    registry.register_proofs(ADJUSTMENTS_PROOFS)
    for kind in ("adjustment", "reversal"):
        registry.register_explainer(kind, cause_of_adjustment)
    registry.register_proofs(CHECKPOINTS_PROOFS)
    registry.register_proofs(MONTHS_PROOFS)
    registry.register_proofs(SPONSORS_PROOFS)
    registry.register_resolver("sponsor", cause_of_sponsor)
    registry.register_resolver("campaign", cause_of_campaign)
    registry.register_proofs(EARN_PROOFS)
    registry.register_resolver("earning", cause_of_earning)
    register_set_aside("earning", earnings_set_aside)
    registry.register_proofs(GIFT_PROOFS)
    registry.register_resolver("gift", cause_of_gift)
    register_set_aside("gift", set_aside_in_gifts)
    registry.register_proofs(PACKETS_PROOFS)
    registry.register_resolver("packet", cause_of_packet)
    register_set_aside("packet", set_aside_in_packets)
    registry.register_proofs(MERCHANTS_PROOFS)
    registry.register_resolver("merchant", cause_of_merchant)
    registry.register_proofs(CONVERT_PROOFS)
    register_bookings("convert", CONVERT_BOOKINGS)
    registry.register_resolver("conversion", cause_of_conversion)
    registry.register_resolver("delivery", _cause_of_delivery)
    register_set_aside("conversion", set_aside_in_conversions)
    register_set_aside("delivery", set_aside_in_deliveries)
    follow_decisions(lambda: nudge(settle))
    register_way("tmf622", speak_tmf622)
    registry.register_proofs(CATALOG_PROOFS)
    register_bookings("catalog", CATALOG_BOOKINGS)
    registry.register_resolver("purchase", cause_of_purchase)
    register_set_aside("purchase", set_aside_in_purchases)
    follow_decisions(lambda: nudge(settle_purchases))
    registry.register_proofs(ROLLOVER_PROOFS)
    register_bookings("rollover", ROLLOVER_BOOKINGS)
    registry.register_resolver("line", cause_of_line)
    register_set_aside("take_back", take_backs_waiting)
    follow_decisions(lambda: nudge(settle_own_data))
    registry.register_freezer(ROLLOVER_INPUT, freeze_rolls)
    for stage in ROLLOVER_STAGES:
        registry.register_stage(stage)
    _register_bills()
    registry.register_proofs(REFUNDS_PROOFS)
    register_steps()
    _register_audit()
    if apps.is_installed("exchange"):
        _register_exchange()


def _register_bills() -> None:
    """Tell the close of sponsors' and merchants' invoices, carriers' statements and their netting."""
    for proofs in (INVOICES_PROOFS, CLEARING_PROOFS):
        registry.register_proofs(proofs)
    for kind in ("sponsor_invoice", "merchant_invoice"):
        registry.register_explainer(kind, cause_of_invoice)
    OF_MEMBER.register("invoices", newest_of_mine)
    registry.register_explainer("clearing", cause_of_clearing)
    OF_MONTH.register("corrections", after_the_close)
    registry.register_freezer(INVOICES_INPUT, freeze_invoice_prices)
    registry.register_freezer(CLEARING_INPUT, freeze_prices)
    for stage in (*INVOICES_STAGES, *CLEARING_STAGES):
        registry.register_stage(stage)


def _register_audit() -> None:
    """Tell the auditor's desk what texts name, who owns what, and what of it is personal."""
    registry.register_proofs(CLOSURES_PROOFS)
    register_relations(lambda holder: (Met(*row) for row in met_in_packets(holder)))
    register_unfinished("deposit", has_deposits_under_way)
    register_finders()
    registry.register_desk_link(CASES_DESK)
    registry.register_desk_link(ADJUSTMENTS_DESK)
    registry.register_desk_link(POLICY_DESK)
    registry.register_desk_link(WIND_DOWN_DESK)
    registry.register_desk_link(CLEARING_DESK)
    registry.register_desk_link(LOGINS_DESK)
    registry.register_resolver("holder", cause_of_holder)
    registry.register_resolver("carrier", cause_of_carrier)
    registry.register_resolver("issuer", cause_of_issuer)
    registry.register_resolver("fees", cause_of_fees)
    registry.register_resolver("system", cause_of_system)
    registry.register_owned("wallet", wallet_and_lines_of)
    registry.register_owned("gift", gifts_owned_by)
    registry.register_owned("packet", packets_owned_by)
    registry.register_owned("earning", earnings_owned_by)
    registry.register_owned("convert", owned_on_its_way)
    registry.register_owned("catalog", purchases_owned_by)
    registry.register_owned("take_back", take_backs_owned_by)
    registry.register_owned("sponsor", budgets_owned_by)
    registry.register_owned("merchant", merchant_budget_owned_by)
    registry.register_personal("holder", personal_of_holder)
    registry.register_personal("number", personal_of_number)
    registry.register_personal("instruction", personal_of_instruction)
    registry.register_personal("gift", personal_of_gift)
    registry.register_personal("packet", personal_of_packet)
    registry.register_personal("conversion", personal_of_conversion)
    registry.register_personal("purchase", personal_of_purchase)
    registry.register_personal("delivery", _personal_of_delivery)


def _cause_of_delivery(address: str) -> registry.Cause | None:
    """Return what is on its way under `delivery/<id>`: to a phone, or back into a package."""
    return cause_of_data_delivery(address) or cause_of_take_back(address)


def _personal_of_delivery(delivery: UUID) -> Mapping[str, str] | None:
    return personal_of_data_delivery(delivery) or personal_of_take_back(delivery)


def _register_exchange() -> None:
    # The exchange is an option: where it is left out, its models are not to be imported.
    from exchange.market.proofs import PROOFS as MARKET_PROOFS
    from exchange.market.queries import orders_set_aside
    from exchange.market.tasks import follow, follow_committed
    from exchange.matching.proofs import PROOFS as MATCHING_PROOFS
    from exchange.matching.tasks import follow_batches
    from exchange.orders.operations import bust_trades
    from exchange.orders.operations.busts import ACTION
    from exchange.orders.proofs import PROOFS
    from exchange.orders.queries import cause_of_order, orders_owned_by
    from exchange.settlement.operations import STAGES, late_orders_stage
    from exchange.settlement.queries import books_open_at
    from exchange.settlement.sections import to_be_settled
    from exchange.surveillance.sentences import DESK as SURVEILLANCE_DESK

    registry.register_proofs(PROOFS)
    registry.register_proofs(MATCHING_PROOFS)
    registry.register_proofs(MARKET_PROOFS)
    registry.register_action(ACTION, bust_trades)
    registry.register_desk_link(SURVEILLANCE_DESK)
    registry.register_resolver("order", cause_of_order)
    registry.register_owned("order", orders_owned_by)
    registry.register_blocker("books", books_open_at)
    OF_HOME.register("to_be_settled", to_be_settled)
    for stage in (late_orders_stage(follower=follow_committed), *STAGES):
        registry.register_stage(stage)
    register_set_aside("order", orders_set_aside)
    follow_batches(follow)
