"""Find an instant among an account's entries by halves; checkpoints are cut anew, once."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0014_open_account")]
    operations = [migrations.RunSQL((SQL / "checkpoints_v2.sql").read_text())]
