"""Kinds of order, replacing, delivery at once, busts, and the hours of a book's phases."""

from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

ORDER_CHECKS = (
    models.CheckConstraint(
        condition=Q(deliver_at_once=False) | Q(side="B", deliver_to__isnull=False),
        name="order_delivers_to_a_number",
    ),
    models.CheckConstraint(condition=Q(aside_amount__gte=0), name="order_aside_not_negative"),
)
HOURS = models.CheckConstraint(
    condition=Q(closing_call_at__gt=F("opens_at"), uncross_at__gt=F("closing_call_at")),
    name="book_phases_in_order",
)
# Books opened before had no hours: they get those policy begins with.
FILL_HOURS = """
UPDATE public.exchange_book SET
    opens_at = (month + time '09:00') AT TIME ZONE 'Asia/Shanghai',
    closing_call_at =
        (month + interval '1 month' - interval '6 hours') AT TIME ZONE 'Asia/Shanghai',
    uncross_at = (month + interval '1 month' - interval '4 hours') AT TIME ZONE 'Asia/Shanghai'
"""
FILL_GROUPS = 'UPDATE public.exchange_order SET "group" = holder_id'
KIND = """
INSERT INTO public.ledger_transaction_kind (name, closes, past_assets)
VALUES ('order_replace', false, true)
"""

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
CAPS = {"trade.mb_per_transfer_max": 10_240, "trade.line_seen_days_max": 31}


def seed(apps: Any, schema_editor: Any) -> None:
    policy_row = apps.get_model("wallet", "PolicyRow")
    policy_row.objects.using(schema_editor.connection.alias).bulk_create(
        policy_row(
            key=key,
            value=value,
            starts_at=BEGINNING,
            set_at=BEGINNING,
            set_by="default",
            reason="The default the product begins with.",
        )
        for key, value in CAPS.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0003_early_payment"),
        ("wallet", "0024_deliveries_that_return_next_month"),
    ]
    operations = [
        *(
            migrations.AddField("book", name, models.DateTimeField(null=True))
            for name in ("opens_at", "closing_call_at", "uncross_at")
        ),
        migrations.AddField("order", "group", models.UUIDField(null=True)),
        migrations.RunSQL(FILL_HOURS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL_GROUPS, migrations.RunSQL.noop),
        *(
            migrations.AlterField("book", name, models.DateTimeField())
            for name in ("opens_at", "closing_call_at", "uncross_at")
        ),
        migrations.AlterField("order", "group", models.UUIDField()),
        migrations.AddConstraint("book", HOURS),
        migrations.AddField(
            "order",
            "deliver_to",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="wallet.number",
            ),
        ),
        migrations.AddField("order", "deliver_at_once", models.BooleanField(default=False)),
        migrations.AddField(
            "order",
            "kind",
            models.CharField(
                choices=[("limit", "Limit"), ("market", "Market")], default="limit", max_length=6
            ),
        ),
        migrations.AddField("order", "aside_amount", models.BigIntegerField(default=0)),
        *(migrations.AddConstraint("order", check) for check in ORDER_CHECKS),
        migrations.AlterField(
            "event",
            "kind",
            models.CharField(
                choices=[
                    ("place", "Place"),
                    ("cancel", "Cancel"),
                    ("cancel_all", "Cancel All"),
                    ("replace", "Replace"),
                    ("bust", "Bust"),
                    ("phase", "Phase"),
                    ("uncross", "Uncross"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField("trade", "busted_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "trade",
            "delivery",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="trades",
                to="wallet.datadelivery",
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["book", "-id"],
                name="event_of_operators",
                condition=Q(holder__isnull=True),
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(KIND, migrations.RunSQL.noop),
    ]
