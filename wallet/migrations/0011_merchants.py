"""Merchants that hand out coins by one-time codes."""

from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BUDGET = ("merchant budget", "^merchant/[0-9a-f-]{36}/budget$", 0, None, True, True)
KINDS = (("merchant_funding", False, False), ("merchant_code", False, False))
POLICIES = {
    "merchant.coins_per_code_max": 1_000,
    "merchant.code_minutes": 5,
    "merchant.claims_per_day_max": 5,
}


def tell(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(
        "INSERT INTO public.ledger_address_kind"
        " (name, pattern, floor, ceiling, tracked, organisation) VALUES (%s, %s, %s, %s, %s, %s)",
        BUDGET,
    )
    for kind in KINDS:
        schema_editor.execute(
            "INSERT INTO public.ledger_transaction_kind (name, closes, past_assets)"
            " VALUES (%s, %s, %s)",
            kind,
        )


def seed(apps: Any, schema_editor: Any) -> None:
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    policy_row = apps.get_model("wallet", "PolicyRow")
    policy_row.objects.using(schema_editor.connection.alias).bulk_create(
        policy_row(
            key=key,
            scope="",
            value=value,
            starts_at=beginning,
            set_at=beginning,
            set_by="default",
            reason="The default the product begins with.",
        )
        for key, value in POLICIES.items()
    )


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0010_packets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Merchant',
            fields=[
                ('holder', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='merchanthood', serialize=False, to='wallet.holder')),
                ('opened_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CounterCode',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('coins', models.BigIntegerField()),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('shown_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('claimer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.holder')),
                ('shown_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='wallet.merchant')),
            ],
            options={
                'indexes': [models.Index(fields=['merchant', '-shown_at'], name='counter_code_shown'), models.Index(fields=['claimer', 'claimed_at'], name='counter_code_claimed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('coins__gt', 0)), name='counter_code_positive'), models.CheckConstraint(condition=models.Q(models.Q(('claimed_at__isnull', True), ('claimer__isnull', True)), models.Q(('claimed_at__isnull', False), ('claimer__isnull', False)), _connector='OR'), name='counter_code_claimed_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='MerchantFunding',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('coins', models.BigIntegerField()),
                ('funded_at', models.DateTimeField()),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fundings', to='wallet.merchant')),
                ('sponsor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.holder')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('coins__gt', 0)), name='merchant_funding_positive')],
            },
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
