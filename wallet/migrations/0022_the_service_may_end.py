"""The end of the service: wind-downs, what is sent home, and what issuers pay back in money."""

import uuid
from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

CARRIER = "[A-Z]{2,4}"
# name, pattern: organisations' accounts in fen, without bounds and without a row to lock
ADDRESSES = (
    ("issuer refunds", f"^issuer/{CARRIER}/refunds$"),
    ("issuer cash", f"^issuer/{CARRIER}/cash$"),
)
KINDS = ("wind_down_refund", "refund_paid")
FEN_PER_100_COINS = 100


def tell(apps: Any, schema_editor: Any) -> None:
    for name, pattern in ADDRESSES:
        schema_editor.execute(
            "INSERT INTO public.ledger_address_kind"
            " (name, pattern, floor, ceiling, tracked, organisation)"
            " VALUES (%s, %s, NULL, NULL, false, true)",
            (name, pattern),
        )
    for kind in KINDS:
        schema_editor.execute(
            "INSERT INTO public.ledger_transaction_kind (name, closes, past_assets)"
            " VALUES (%s, false, false)",
            (kind,),
        )


def seed(apps: Any, schema_editor: Any) -> None:
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    apps.get_model("wallet", "PolicyRow").objects.using(schema_editor.connection.alias).create(
        key="winddown.fen_per_100_coins",
        scope="",
        value=FEN_PER_100_COINS,
        starts_at=beginning,
        set_at=beginning,
        set_by="default",
        reason="The default the product begins with.",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0021_reconciliation'),
    ]

    operations = [
        migrations.CreateModel(
            name='WindDown',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', models.TextField()),
                ('announced_at', models.DateTimeField()),
                ('announced_by', models.CharField(max_length=64)),
                ('may_begin_at', models.DateTimeField()),
                ('begun_at', models.DateTimeField(blank=True, null=True)),
                ('begun_by', models.CharField(blank=True, max_length=64)),
                ('called_off_at', models.DateTimeField(blank=True, null=True)),
                ('called_off_by', models.CharField(blank=True, max_length=64)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'permissions': (('steer_winddown', 'Can announce a wind-down and call it off'),),
                'constraints': [models.UniqueConstraint(fields=('called_off_at',), name='wind_down_one_at_a_time', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('begun_at__isnull', True), models.Q(('begun_at__gte', models.F('may_begin_at')), ('called_off_at__isnull', True)), _connector='OR'), name='wind_down_begins_after_its_notice'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('begun_at__isnull', False), _connector='OR'), name='wind_down_ends_once_begun')],
            },
        ),
        migrations.CreateModel(
            name='CashRefund',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('posting', models.UUIDField(db_index=True)),
                ('address', models.CharField(max_length=64)),
                ('coins', models.BigIntegerField()),
                ('fen', models.BigIntegerField()),
                ('listed_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('paid_by', models.CharField(blank=True, max_length=64)),
                ('reference', models.CharField(blank=True, max_length=64)),
                ('carrier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.carrier')),
                ('holder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cash_refunds', to='wallet.holder')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cash_refunds', to='wallet.carrier')),
            ],
            options={
                'permissions': (('pay_cashrefund', 'Can note that a refund was paid'),),
                'indexes': [models.Index(fields=['issuer', 'listed_at'], name='cash_refund_list'), models.Index(fields=['holder'], name='cash_refund_holder')],
                'constraints': [models.UniqueConstraint(fields=('posting', 'issuer'), name='cash_refund_once'), models.CheckConstraint(condition=models.Q(('coins__gt', 0), ('fen__gte', 0)), name='cash_refund_positive'), models.CheckConstraint(condition=models.Q(models.Q(('carrier__isnull', True), ('holder__isnull', False)), models.Q(('carrier__isnull', False), ('holder__isnull', True)), _connector='OR'), name='cash_refund_owed_to_one'), models.CheckConstraint(condition=models.Q(models.Q(('paid_at__isnull', True), ('reference', '')), models.Q(('paid_at__isnull', False), models.Q(('reference', ''), _negated=True)), _connector='OR'), name='cash_refund_paid_with_reference')],
            },
        ),
        migrations.CreateModel(
            name='LastDelivery',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('asset', models.CharField(max_length=48)),
                ('amount', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
                ('conversion', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='last_delivery', to='wallet.conversion')),
                ('delivery', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='last_delivery', to='wallet.datadelivery')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='last_deliveries', to='wallet.holder')),
            ],
            options={
                'verbose_name_plural': 'last deliveries',
                'constraints': [models.UniqueConstraint(fields=('holder', 'asset'), name='last_delivery_once'), models.CheckConstraint(condition=models.Q(('conversion__isnull', True), ('delivery__isnull', True), _connector='OR'), name='last_delivery_of_one_kind')],
            },
        ),
        migrations.CreateModel(
            name='WindDownStep',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=32)),
                ('found', models.PositiveBigIntegerField(default=0)),
                ('wind_down', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='wallet.winddown')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('wind_down', 'name'), name='wind_down_step_once')],
            },
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
