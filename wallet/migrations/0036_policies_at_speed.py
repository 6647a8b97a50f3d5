"""Read several policies without sorting them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "policy" / "sql"


class Migration(migrations.Migration):
    dependencies = [("wallet", "0035_call_off_told")]
    operations = [migrations.RunSQL((SQL / "policies_at_speed.sql").read_text())]
