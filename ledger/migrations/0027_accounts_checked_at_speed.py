"""Open an account with less work: `sql/accounts_checked_at_speed.sql`, frozen once merged."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0026_closing_balances_in_order")]
    operations = [migrations.RunSQL((SQL / "accounts_checked_at_speed.sql").read_text())]
