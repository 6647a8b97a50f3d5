"""New logins for people who lost every number, by two of the staff."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = Path(__file__).parents[1] / "numbers" / "sql" / "login_change_kept_v1.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0027_openings_in_one_statement'),
    ]

    operations = [
        migrations.CreateModel(
            name='LoginChange',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('checked', models.CharField(max_length=200)),
                ('reason', models.CharField(max_length=200)),
                ('proposed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('proved_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('approved', 'Approved'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], max_length=9)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('code', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='login_change', to='wallet.numbercode')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='login_changes', to='wallet.holder')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': (('decide_loginchange', "Can decide about a colleague's login change"),),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('outcome', '')), models.Q(('decided_at__isnull', False), ('decided_by', models.F('proposed_by')), ('outcome', 'withdrawn')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('outcome__in', ('approved', 'declined')), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='login_change_takes_two'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'approved'), _negated=True), ('proved_at__isnull', False), _connector='OR'), name='login_change_proved_before')],
            },
        ),
        migrations.RunSQL(KEPT.read_text()),
    ]
