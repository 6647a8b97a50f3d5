"""Take what had its turn out of what waits by its key, whatever statistics say."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "orders" / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0016_waiting_from_a_bound")]
    operations = [migrations.RunSQL((SQL / "take_turns_at_speed.sql").read_text())]
