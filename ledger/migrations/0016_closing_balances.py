"""Let only their function write closing balances, and nobody change them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0015_ordered_checkpoints")]
    operations = [migrations.RunSQL((SQL / "closing_balances_v1.sql").read_text())]
