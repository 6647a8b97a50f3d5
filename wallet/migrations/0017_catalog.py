"""The catalog: partners, what they offer, what was bought of them."""

from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
from django.db import migrations, models


ID = "[0-9a-f-]{36}"
# name, pattern, floor, ceiling, tracked, organisation
ADDRESSES = (
    ("purchase", f"^purchase/{ID}$", 0, None, True, False),
    ("merchant payable", f"^merchant/{ID}/payable$", None, None, False, True),
)
# name, only while a month closes, may move what is past its month
KINDS = (
    ("purchase", False, False),
    ("purchase_delivered", False, False),
    ("purchase_refunded", False, False),
    ("points_in", False, False),
    ("points_in_paid", False, False),
    ("points_in_returned", False, False),
)
POLICIES = {
    "catalog.count_max": 20,
    "catalog.points_in_coins_per_day_max": 1_000,
    "catalog.points_out_coins_per_day_max": 1_000,
}


def tell(apps: Any, schema_editor: Any) -> None:
    for row in ADDRESSES:
        schema_editor.execute(
            "INSERT INTO public.ledger_address_kind"
            " (name, pattern, floor, ceiling, tracked, organisation)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            row,
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
        ('wallet', '0016_openings_in_one_call'),
    ]

    operations = [
        migrations.CreateModel(
            name='Partner',
            fields=[
                ('party', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='partner', serialize=False, to='wallet.carrier')),
                ('opened_at', models.DateTimeField()),
                ('fetched_at', models.DateTimeField(blank=True, null=True)),
                ('merchant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='partner', to='wallet.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('sku', models.CharField(max_length=32)),
                ('kind', models.CharField(choices=[('content', 'content'), ('airtime', 'airtime'), ('points', 'points'), ('mall', 'mall')], max_length=8)),
                ('name_zh', models.CharField(max_length=64)),
                ('name_en', models.CharField(max_length=64)),
                ('about_zh', models.CharField(blank=True, max_length=255)),
                ('about_en', models.CharField(blank=True, max_length=255)),
                ('coins', models.BigIntegerField()),
                ('gives_coins', models.BooleanField(default=False)),
                ('is_offered', models.BooleanField(default=True)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='wallet.partner')),
            ],
        ),
        migrations.CreateModel(
            name='Purchase',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('gives_coins', models.BooleanField()),
                ('count', models.PositiveIntegerField()),
                ('coins', models.BigIntegerField()),
                ('msisdn', models.CharField(max_length=11)),
                ('state', models.CharField(choices=[('on_its_way', 'On Its Way'), ('delivered', 'Delivered'), ('refunded', 'Refunded')], default='on_its_way', max_length=12)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to='wallet.holder')),
                ('instruction', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='purchase', to='wallet.instruction')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to='wallet.product')),
            ],
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.UniqueConstraint(fields=('partner', 'sku', 'kind', 'gives_coins'), name='product_once_per_partner'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('coins__gt', 0)), name='product_has_a_price'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('gives_coins', False), ('kind', 'points'), _connector='OR'), name='product_gives_coins_for_points_only'),
        ),
        migrations.AddIndex(
            model_name='purchase',
            index=models.Index(fields=['holder', '-made_at'], name='purchase_made'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(('coins__gt', 0), ('count__gt', 0)), name='purchase_moves_something'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'on_its_way')), models.Q(('ended_at__isnull', False), models.Q(('state', 'on_its_way'), _negated=True)), _connector='OR'), name='purchase_ends_once'),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
