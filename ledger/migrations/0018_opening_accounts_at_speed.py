"""Open accounts at a fifth of the cost."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0017_posting_at_speed")]
    operations = [migrations.RunSQL((SQL / "open_accounts_at_speed.sql").read_text())]
