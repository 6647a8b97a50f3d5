"""Post many transactions in one call, each for itself."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_statement_before")]
    operations = [migrations.RunSQL((SQL / "post_each_v1.sql").read_text())]
