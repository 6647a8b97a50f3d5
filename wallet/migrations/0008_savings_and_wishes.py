"""Data saved as coins, what holders wish for a month's end, and carriers that attest by adaptor."""

from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

KIND = ("save_as_coins", False, False)


def tell(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(
        "INSERT INTO public.ledger_transaction_kind (name, closes, past_assets)"
        " VALUES (%s, %s, %s)",
        KIND,
    )


def seed(apps: Any, schema_editor: Any) -> None:
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    apps.get_model("wallet", "PolicyRow").objects.using(schema_editor.connection.alias).create(
        key="rollover.by_adaptor",
        scope="",
        value=False,
        starts_at=beginning,
        set_at=beginning,
        set_by="default",
        reason="A carrier's final figures come in its usage files, unless it says otherwise.",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0007_cases'),
    ]

    operations = [
        migrations.CreateModel(
            name='RollWish',
            fields=[
                ('number', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='roll_wish', serialize=False, to='wallet.number')),
                ('asks', models.BooleanField(default=False)),
                ('set_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RollAnswer',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('rolls', models.BooleanField()),
                ('answered_at', models.DateTimeField()),
                ('number', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roll_answers', to='wallet.number')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('number', 'month'), name='roll_answer_once')],
            },
        ),
        migrations.CreateModel(
            name='Saving',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('package', models.CharField(max_length=32)),
                ('month', models.DateField()),
                ('mb', models.BigIntegerField()),
                ('rate_coins_per_100mb', models.PositiveSmallIntegerField()),
                ('coins', models.BigIntegerField()),
                ('saved_at', models.DateTimeField()),
                ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.carrier')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='savings', to='wallet.holder')),
                ('number', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='savings', to='wallet.number')),
            ],
            options={
                'indexes': [models.Index(fields=['holder', 'carrier'], name='saving_of_holder')],
                'constraints': [models.CheckConstraint(condition=models.Q(('coins__gte', 0), ('mb__gt', 0)), name='saving_amounts'), models.CheckConstraint(condition=models.Q(('rate_coins_per_100mb__range', (1, 100))), name='saving_rate')],
            },
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
