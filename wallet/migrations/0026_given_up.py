"""What closed wallets left, taken back by the coins' issuers."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def tell(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(
        "INSERT INTO public.ledger_transaction_kind (name, closes, past_assets)"
        " VALUES ('coins_given_up', false, false)"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0025_notices_on_their_way'),
    ]

    operations = [
        migrations.CreateModel(
            name='GivenUp',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('posting', models.UUIDField()),
                ('coins', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.carrier')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('coins__gt', 0)), name='given_up_positive')],
            },
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
