"""Sum a statement's opening balance once a page, not twice."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_proof_runs")]
    operations = [migrations.RunSQL((SQL / "statement_before_v2.sql").read_text())]
