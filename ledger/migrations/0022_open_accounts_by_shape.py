"""Look up and open a batch's accounts in time that grows with the batch alone."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0021_post_opening_at_speed")]
    operations = [migrations.RunSQL((SQL / "open_accounts_by_shape_v1.sql").read_text())]
