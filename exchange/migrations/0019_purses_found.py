"""Find the purses of a month by themselves."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "settlement" / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0018_offered_at_most"),
        ("ledger", "0026_closing_balances_in_order"),
    ]
    operations = [migrations.RunSQL((SQL / "purses_found_v1.sql").read_text())]
