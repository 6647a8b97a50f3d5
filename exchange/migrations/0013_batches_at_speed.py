"""Number a batch's events by their key, however many wait: `sql/book_rows_at_speed.sql`."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "matching" / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0012_waiting_events_found")]
    operations = [migrations.RunSQL((SQL / "book_rows_at_speed.sql").read_text())]
