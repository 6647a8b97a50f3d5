"""Text owners without a wallet what their organisations are told: they have no inbox."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0033_usage_names_its_file'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='message',
            name='message_once',
        ),
        migrations.AddField(
            model_name='message',
            name='user',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('holder', 'channel', 'kind', 'subject_id', 'user'), name='message_once', nulls_distinct=False),
        ),
    ]
