"""Open many accounts with half the work."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0019_batch_plainly")]
    operations = [migrations.RunSQL((SQL / "open_many_accounts_v1.sql").read_text())]
