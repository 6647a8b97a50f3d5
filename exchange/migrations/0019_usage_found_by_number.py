"""Find a number's usage by the number, whatever the planner knows."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "orders" / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0018_offered_at_most")]
    operations = [migrations.RunSQL((SQL / "accept_order_at_speed.sql").read_text())]
