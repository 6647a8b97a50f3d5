"""The life of holders and numbers: histories, codes, invitations, checks of names, closures."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


APPEND_ONLY = Path(__file__).parents[1] / "numbers" / "sql" / "append_only_v1.sql"
LEFT = ("system left", "^system/left$", None, None, False, False)
KINDS = (("number_left", False, True), ("wallet_close", False, True))
POLICIES = {
    "number.quarantine_days": 30,
    "number.count_max": 10,
    "number.codes_per_hour_max": 5,
    "identity.wallets_max": 1,
    "identity.checks_per_day_max": 5,
    "invitation.expires_days": 7,
}


def tell(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(
        "INSERT INTO public.ledger_address_kind"
        " (name, pattern, floor, ceiling, tracked, organisation) VALUES (%s, %s, %s, %s, %s, %s)",
        LEFT,
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
        ('wallet', '0017_catalog'),
    ]

    operations = [
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('by', models.CharField(max_length=64)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('coins', models.BigIntegerField()),
                ('goods', models.JSONField(default=dict)),
                ('closed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='HolderEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('frozen', 'Frozen'), ('thawed', 'Thawed'), ('tier', 'Tier'), ('closed', 'Closed')], max_length=8)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('by', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('facts', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='IdentityCheck',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('method', models.CharField(choices=[('real_name', 'Real Name'), ('face', 'Face'), ('bank', 'Bank')], max_length=9)),
                ('tier', models.PositiveSmallIntegerField()),
                ('identity', models.BinaryField(max_length=32)),
                ('birth_year', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('passed', 'Passed'), ('refused', 'Refused')], default='asked', max_length=7)),
                ('reason', models.CharField(blank=True, max_length=32)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('msisdn', models.CharField(max_length=11)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('viewer', 'Viewer')], max_length=16)),
                ('invited_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='open', max_length=9)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='MemberEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('joined', 'Joined'), ('changed', 'Changed'), ('left', 'Left')], max_length=7)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('viewer', 'Viewer')], max_length=16)),
                ('by', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='NumberCode',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('msisdn', models.CharField(max_length=11)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='NumberEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('added', 'Added'), ('ported', 'Ported'), ('login', 'Login'), ('doubted', 'Doubted'), ('proved', 'Proved'), ('released', 'Released'), ('recycled', 'Recycled')], max_length=8)),
                ('by', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('facts', models.JSONField(default=dict)),
            ],
        ),
        migrations.AddField(
            model_name='holder',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='number',
            name='doubted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='number',
            name='former',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='former_numbers', to='wallet.holder'),
        ),
        migrations.AddField(
            model_name='number',
            name='free_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='number',
            name='recycled_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='number',
            name='released_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='number',
            name='msisdn',
            field=models.CharField(db_index=True, max_length=11),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.UniqueConstraint(condition=models.Q(('holder__isnull', False)), fields=('msisdn',), name='number_held_once'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.CheckConstraint(condition=models.Q(('holder__isnull', True), models.Q(('former__isnull', True), ('free_at__isnull', True), ('released_at__isnull', True)), _connector='OR'), name='number_held_or_released'),
        ),
        migrations.AddField(
            model_name='closure',
            name='holder',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='closure', to='wallet.holder'),
        ),
        migrations.AddField(
            model_name='holderevent',
            name='holder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='wallet.holder'),
        ),
        migrations.AddField(
            model_name='identitycheck',
            name='holder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identity_checks', to='wallet.holder'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='invited_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='wallet.holder'),
        ),
        migrations.AddField(
            model_name='memberevent',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.holder'),
        ),
        migrations.AddField(
            model_name='memberevent',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='numbercode',
            name='holder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='number_codes', to='wallet.holder'),
        ),
        migrations.AddField(
            model_name='numberevent',
            name='holder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.holder'),
        ),
        migrations.AddField(
            model_name='numberevent',
            name='number',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='wallet.number'),
        ),
        migrations.AddConstraint(
            model_name='closure',
            constraint=models.CheckConstraint(condition=models.Q(('coins__gte', 0)), name='closure_not_below_zero'),
        ),
        migrations.AddIndex(
            model_name='holderevent',
            index=models.Index(fields=['holder', '-id'], name='holder_event_of_holder'),
        ),
        migrations.AddIndex(
            model_name='identitycheck',
            index=models.Index(fields=['holder', '-asked_at'], name='identity_check_asked'),
        ),
        migrations.AddIndex(
            model_name='identitycheck',
            index=models.Index(condition=models.Q(('state', 'passed')), fields=['identity'], name='identity_of'),
        ),
        migrations.AddConstraint(
            model_name='identitycheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'asked')), models.Q(models.Q(('state', 'asked'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='identity_check_decided_once'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['msisdn'], name='invitation_waiting'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('organisation', 'msisdn'), name='invitation_open_once'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='invitation_answered_once'),
        ),
        migrations.AddIndex(
            model_name='memberevent',
            index=models.Index(fields=['organisation', '-id'], name='member_event_newest'),
        ),
        migrations.AddIndex(
            model_name='numbercode',
            index=models.Index(fields=['holder', '-asked_at'], name='number_code_asked'),
        ),
        migrations.AddIndex(
            model_name='numberevent',
            index=models.Index(fields=['holder', '-id'], name='number_event_of_holder'),
        ),
        migrations.RunSQL(APPEND_ONLY.read_text()),
        migrations.RunPython(tell, migrations.RunPython.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
