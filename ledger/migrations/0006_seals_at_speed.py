"""Seal as fast as postings are made: `sql/seals_v2.sql`, frozen once merged."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_adjustments")]
    operations = [migrations.RunSQL((SQL / "seals_v2.sql").read_text())]
