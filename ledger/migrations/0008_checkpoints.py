"""Cut checkpoints of busy accounts, and read balances in time and statements by them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_posting")]
    operations = [migrations.RunSQL((SQL / "checkpoints_v1.sql").read_text())]
