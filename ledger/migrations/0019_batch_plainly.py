"""Post a batch in fewer passes: `sql/post_batch_plainly.sql`, frozen once merged."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0018_opening_accounts_at_speed")]
    operations = [migrations.RunSQL((SQL / "post_batch_plainly.sql").read_text())]
