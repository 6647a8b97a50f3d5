"""Open an account ahead of its first posting."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0013_new_partitions")]
    operations = [migrations.RunSQL((SQL / "open_account_v1.sql").read_text())]
