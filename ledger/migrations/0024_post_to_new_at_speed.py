"""Post to an account that is opened for it with a statement less."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0023_a_close_keeps_what_stopped_it")]
    operations = [migrations.RunSQL((SQL / "post_to_new_at_speed.sql").read_text())]
