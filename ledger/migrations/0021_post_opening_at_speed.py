"""Post to an account that is opened for it with less work."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0020_open_many_accounts")]
    operations = [migrations.RunSQL((SQL / "post_opening_at_speed.sql").read_text())]
