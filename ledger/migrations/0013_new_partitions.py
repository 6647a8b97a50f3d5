"""Look at a month's partition once it is filled, before its transactions are sealed."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_post_each")]
    operations = [migrations.RunSQL((SQL / "new_partitions_v1.sql").read_text())]
