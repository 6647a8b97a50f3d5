"""Keep the keys that sign heads, each from a size on: `sql/seal_keys_v1.sql`, frozen once merged."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_checkpoints")]
    operations = [
        migrations.RunSQL((SQL / "seal_keys_v1.sql").read_text()),
        migrations.CreateModel(
            name="SealKey",
            fields=[
                ("id", models.IntegerField(primary_key=True, serialize=False)),
                ("public_key", models.BinaryField()),
                ("from_size", models.BigIntegerField()),
                ("from_at", models.DateTimeField()),
                ("signature", models.BinaryField(null=True)),
                ("previous_signature", models.BinaryField(null=True)),
            ],
            options={"managed": False, "db_table": "ledger_seal_key"},
        ),
    ]
