"""Seal committed transactions in a tree, and close a month over the root of its head."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_models")]
    operations = [
        migrations.RunSQL((SQL / "seals_v1.sql").read_text()),
        # The column is in the file above; the model's state is told of it.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField("month", "root", models.BinaryField(null=True)),
            ]
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("month", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                ("public_key", models.BinaryField()),
                ("signature", models.BinaryField()),
            ],
            options={"managed": False, "db_table": "ledger_seal_head"},
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("transaction_id", models.UUIDField()),
            ],
            options={"managed": False, "db_table": "ledger_seal_leaf"},
        ),
    ]
