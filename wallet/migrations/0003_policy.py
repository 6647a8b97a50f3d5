"""Seed every policy with its default, in force since before anything happened."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

UNSCOPED: dict[str, Any] = {
    "cash.in": False,
    "cash.out": False,
    "tier.0": "phone",
    "tier.1": "real_name",
    "tier.2": "real_name_and_face_or_bank",
    "gift.expires_hours": 72,
    "packet.expires_hours": 24,
    "grant.expires_days": 30,
    "packet.coins_max": 20_000,
    "packet.shares_max": 100,
    "claim.guesses_per_hour": 20,
    "trade.age_min": 18,
    "trade.tier_min": 1,
    "trade.mb_per_month_max": 10_240,
    "trade.share_of_allowance_max_percent": 50,
    "trade.must_remain_mb": 500,
    "book.lot_mb": 100,
    "book.tick_coins": 1,
    "book.price_min": 5,
    "book.price_max": 100,
    "book.fee_maker_bp": 50,
    "book.fee_taker_bp": 100,
    "book.fee_seller_coins_per_lot": 0,
    "book.opens_at": "first 09:00",
    "book.closing_call_at": "last 18:00",
    "book.uncross_at": "last 20:00",
    "book.self_trade": "cancel_taker",
    "deposit.rate_coins_per_100mb": 0,
    "rollover.share_percent": 100,
    "rollover.cap_mb": 10_240,
    "rollover.kinds": ["national"],
    "rollover.valid_months": 1,
    "rollover.claim_late_days": 10,
    "catalog.content": True,
    "catalog.airtime": False,
    "catalog.points": False,
    "catalog.mall": False,
    "earn.vest_days": {"install": 0, "day1": 1, "day7": 7},
    "audience.min": 50,
    "carrier.sells": True,
    "records.keep_days": 180,
    "winddown.notice_days": 60,
    "recycled_number.reverify_above_coins": 100,
}

BY_TIER: dict[str, tuple[int, int, int]] = {
    "wallet.coins_max": (10_000, 100_000, 1_000_000),
    "gift.coins_per_day_max": (500, 5_000, 50_000),
    "gift.count_per_day_max": (20, 100, 500),
}


def seed(apps: Any, schema_editor: Any) -> None:
    rows = [(key, "", value) for key, value in UNSCOPED.items()]
    rows += [
        (key, f"tier.{tier}", value)
        for key, values in BY_TIER.items()
        for tier, value in enumerate(values)
    ]
    policy_row = apps.get_model("wallet", "PolicyRow")
    policy_row.objects.using(schema_editor.connection.alias).bulk_create(
        policy_row(
            key=key,
            scope=scope,
            value=value,
            starts_at=BEGINNING,
            set_at=BEGINNING,
            set_by="default",
            reason="The default the product begins with.",
        )
        for key, scope, value in rows
    )


class Migration(migrations.Migration):
    dependencies = [("wallet", "0002_chart")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
