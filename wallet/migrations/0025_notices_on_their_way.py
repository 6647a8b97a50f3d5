"""Tell people by texts and e-mails beside their inbox, as they wish."""

import uuid
from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

POLICIES = {
    "notify.quiet_from_hour": 22,
    "notify.quiet_until_hour": 8,
    "notify.text_kinds": [
        "gift_waiting",
        "gift_given_back",
        "roll_asked",
        "convert_refunded",
        "data_delivery_failed",
    ],
    "notify.late_hours": 24,
}
# What stands in inboxes from before is no news.
OLD = "UPDATE public.wallet_notice SET passed_on_at = at"


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
        ('wallet', '0024_deliveries_that_return_next_month'),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('text', 'Text'), ('mail', 'Mail')], max_length=4)),
                ('kind', models.CharField(blank=True, max_length=32)),
                ('is_wanted', models.BooleanField()),
                ('chosen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('text', 'Text'), ('mail', 'Mail')], max_length=4)),
                ('kind', models.CharField(max_length=32)),
                ('subject_id', models.UUIDField()),
                ('facts', models.JSONField(default=dict)),
                ('is_urgent', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('unknown', 'Unknown'), ('sent', 'Sent'), ('failed', 'Failed'), ('dropped', 'Dropped')], default='waiting', max_length=8)),
                ('reason', models.CharField(blank=True, max_length=32)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('next_at', models.DateTimeField()),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Reach',
            fields=[
                ('holder', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reach', serialize=False, to='wallet.holder')),
                ('language', models.CharField(blank=True, max_length=8)),
                ('mail', models.EmailField(blank=True, max_length=254)),
                ('mail_asked', models.EmailField(blank=True, max_length=254)),
                ('mail_asked_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='notice',
            name='passed_on_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('passed_on_at__isnull', True)), fields=['id'], name='notice_fresh'),
        ),
        migrations.AddField(
            model_name='noticechoice',
            name='holder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.holder'),
        ),
        migrations.AddField(
            model_name='message',
            name='holder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.holder'),
        ),
        migrations.AddConstraint(
            model_name='noticechoice',
            constraint=models.UniqueConstraint(fields=('holder', 'channel', 'kind'), name='notice_choice_once'),
        ),
        migrations.AddConstraint(
            model_name='noticechoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), _negated=True), ('is_wanted', False), _connector='OR'), name='notice_choice_of_a_way_is_no'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state__in', ('waiting', 'sending', 'unknown'))), fields=['next_at', 'id'], name='message_due'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['holder', '-made_at'], name='message_of_holder'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('ended_at__isnull', False)), fields=['ended_at'], name='message_ended'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('holder', 'channel', 'kind', 'subject_id'), name='message_once'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'sending')), models.Q(models.Q(('state', 'sending'), _negated=True), ('lease_until__isnull', True)), _connector='OR'), name='message_leased_while_sending'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ('waiting', 'sending', 'unknown'))), models.Q(('ended_at__isnull', False), ('state__in', ('sent', 'failed', 'dropped'))), _connector='OR'), name='message_ended_once'),
        ),
        migrations.RunSQL(OLD, migrations.RunSQL.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
