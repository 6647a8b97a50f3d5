"""Make the ledger's tables and functions from the files in `sql/`, which are frozen once merged."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"
FILES = (
    "tables_v1.sql",
    "append_only_v1.sql",
    "checks_v1.sql",
    "months_v1.sql",
    "post_v1.sql",
    "post_batch_v1.sql",
    "grants_v1.sql",
)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL((SQL / name).read_text()) for name in FILES]
