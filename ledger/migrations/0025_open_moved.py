"""Write a batch's new accounts as the batch leaves them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0024_post_to_new_at_speed")]
    operations = [migrations.RunSQL((SQL / "open_moved_v1.sql").read_text())]
