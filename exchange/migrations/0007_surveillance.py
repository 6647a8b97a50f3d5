"""How far books were looked at, what was found, and from when on something is worth a look."""

from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
SEEDS = {
    "watch.wash_minutes": 1440,
    "watch.wash_rounds_min": 2,
    "watch.wash_gap_coins_max": 5,
    "watch.wash_net_percent_max": 20,
    "watch.wash_share_percent_min": 50,
    "watch.arranged_seconds": 5,
    "watch.arranged_off_percent_min": 20,
    "watch.layers_min": 3,
    "watch.layer_minutes": 10,
    "watch.layer_seconds": 30,
    "watch.layer_ratio_min": 3,
    "watch.ramp_minutes": 60,
    "watch.ramp_orders_min": 3,
    "watch.ramp_percent_min": 15,
    "watch.ramp_share_percent_min": 60,
    "watch.ramp_close_minutes": 30,
}


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
        for key, value in SEEDS.items()
    )


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0006_leaner_writing'),
        ('wallet', '0026_given_up'),
    ]

    operations = [
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('book', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='exchange.book')),
                ('cursor', models.BigIntegerField(default=0)),
                ('trades', models.BigIntegerField(default=0)),
                ('orders', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('wash', 'Wash'), ('arranged', 'Arranged'), ('layering', 'Layering'), ('ramp', 'Ramp')], max_length=8)),
                ('subject', models.CharField(max_length=160)),
                ('findings', models.PositiveIntegerField(default=1)),
                ('first_number', models.BigIntegerField()),
                ('through_number', models.BigIntegerField()),
                ('evidence', models.JSONField()),
                ('began_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('raised_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('looked_at', 'Looked At'), ('dismissed', 'Dismissed'), ('acted_on', 'Acted On')], default='open', max_length=9)),
                ('looked_by', models.CharField(blank=True, max_length=64)),
                ('looked_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=64)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('act', models.CharField(blank=True, choices=[('halt', 'Halt'), ('bust', 'Bust'), ('other', 'Other')], max_length=5)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('proposal', models.UUIDField(blank=True, null=True)),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='exchange.book')),
                ('holders', models.ManyToManyField(related_name='+', to='wallet.holder')),
            ],
            options={
                'permissions': (('decide_alert', 'Can decide alerts of the market'),),
                'indexes': [models.Index(fields=['-raised_at', '-id'], name='alert_newest'), models.Index(fields=['book', 'through_number'], name='alert_of_book')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('open', 'looked_at'))), fields=('book', 'kind', 'subject'), name='alert_waiting_once'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('reason', ''), ('state__in', ('open', 'looked_at'))), models.Q(('decided_at__isnull', False), ('state__in', ('dismissed', 'acted_on')), models.Q(('reason', ''), _negated=True), models.Q(('decided_by', ''), _negated=True)), _connector='OR'), name='alert_decided_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'acted_on'), models.Q(('act', ''), _negated=True)), models.Q(models.Q(('state', 'acted_on'), _negated=True), ('act', '')), _connector='OR'), name='alert_acted_on_by_an_act')],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
