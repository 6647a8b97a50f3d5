"""Clearing between carriers, their offices, and what is paid for redeemed coins."""

from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


KIND = ("clearing", False, False)
POLICIES = {"clearing.fen_per_1000_coins": 4_000}


def tell(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(
        "INSERT INTO public.ledger_transaction_kind (name, closes, past_assets)"
        " VALUES (%s, %s, %s)",
        KIND,
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
        ('wallet', '0019_waiting_list'),
    ]

    operations = [
        migrations.CreateModel(
            name='Clearing',
            fields=[
                ('month', models.DateField(primary_key=True, serialize=False)),
                ('outstanding', models.JSONField(default=dict)),
                ('prices', models.JSONField(default=dict)),
                ('struck_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='BreakAnswer',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('said_at', models.DateTimeField()),
                ('found', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='wallet.break')),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CarrierOffice',
            fields=[
                ('carrier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='office', serialize=False, to='wallet.carrier')),
                ('opened_at', models.DateTimeField()),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='carrier_office', to='wallet.holder')),
            ],
        ),
        migrations.CreateModel(
            name='ClearingStatement',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.carrier')),
                ('clearing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='wallet.clearing')),
            ],
            options={
                'permissions': (('propose_clearing', 'Can propose that a statement is retired or a line left out'), ('decide_clearing', 'Can approve or decline what another proposed of a statement')),
            },
        ),
        migrations.CreateModel(
            name='ClearingLine',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('credit', 'Credit'), ('charge', 'Charge')], max_length=8)),
                ('account', models.CharField(blank=True, max_length=8)),
                ('kind', models.CharField(max_length=32)),
                ('month', models.DateField()),
                ('day', models.DateField(blank=True, null=True)),
                ('coins', models.BigIntegerField()),
                ('fen', models.BigIntegerField(default=0)),
                ('transactions', models.PositiveBigIntegerField(default=0)),
                ('first_entry', models.BigIntegerField(default=0)),
                ('last_entry', models.BigIntegerField(default=0)),
                ('state', models.CharField(choices=[('open', 'Open'), ('confirmed', 'Confirmed'), ('disputed', 'Disputed'), ('left_out', 'Left Out')], default='open', max_length=10)),
                ('said_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.TextField(blank=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('counterpart', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.carrier')),
                ('origin', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='brought', to='wallet.clearingline')),
                ('said_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='wallet.clearingstatement')),
            ],
            options={
                'ordering': ('side', 'day', 'account', 'kind', 'counterpart', 'id'),
            },
        ),
        migrations.CreateModel(
            name='ClearingStep',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('retire', 'Retire'), ('leave_out', 'Leave Out')], max_length=10)),
                ('reason', models.TextField()),
                ('proposed_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, choices=[('approved', 'Approved'), ('declined', 'Declined')], max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='wallet.clearingline')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='wallet.clearingstatement')),
            ],
        ),
        migrations.CreateModel(
            name='UsageUpload',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255)),
                ('sha256', models.CharField(max_length=64)),
                ('uploaded_at', models.DateTimeField()),
                ('lines', models.PositiveIntegerField()),
                ('bad_lines', models.PositiveIntegerField()),
                ('loaded', models.PositiveIntegerField()),
                ('breaks', models.PositiveIntegerField()),
                ('errors', models.JSONField(default=list)),
                ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uploads', to='wallet.carrier')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ClearingPayment',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('fen', models.BigIntegerField()),
                ('clearing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='wallet.clearing')),
                ('creditor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.carrier')),
                ('debtor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.carrier')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('fen__gt', 0), models.Q(('debtor', models.F('creditor')), _negated=True)), name='clearing_payment_to_another'), models.UniqueConstraint(fields=('clearing', 'debtor', 'creditor'), name='clearing_payment_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='clearingstatement',
            constraint=models.UniqueConstraint(fields=('clearing', 'carrier'), name='clearing_statement_once'),
        ),
        migrations.AddConstraint(
            model_name='clearingline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counterpart__isnull', True), ('side', 'credit')), models.Q(('counterpart__isnull', False), ('side', 'charge')), _connector='OR'), name='clearing_line_has_its_side'),
        ),
        migrations.AddConstraint(
            model_name='clearingline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'left_out'), _negated=True), ('side', 'credit'), _connector='OR'), name='clearing_charges_stay_in'),
        ),
        migrations.AddConstraint(
            model_name='clearingstep',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='clearing_step_takes_two'),
        ),
        migrations.AddConstraint(
            model_name='clearingstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('outcome', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='clearing_step_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='clearingstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'retire'), ('line__isnull', True)), models.Q(('kind', 'leave_out'), ('line__isnull', False)), _connector='OR'), name='clearing_step_about'),
        ),
        migrations.AddConstraint(
            model_name='clearingstep',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('statement', 'line'), name='clearing_step_open_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='usageupload',
            index=models.Index(fields=['carrier', '-uploaded_at'], name='usage_upload_made'),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
