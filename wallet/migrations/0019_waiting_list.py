"""Who waits for a carrier that delivers nothing for coins."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0018_holders_and_numbers'),
    ]

    operations = [
        migrations.CreateModel(
            name='CarrierWait',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('joined_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.carrier')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carrier_waits', to='wallet.holder')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('told_at__isnull', True)), fields=['carrier', 'joined_at'], name='carrier_wait_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('told_at__isnull', True)), fields=('holder', 'carrier'), name='carrier_wait_once')],
            },
        ),
    ]
