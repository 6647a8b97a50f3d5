"""Hold a sale to two bounds of what its caps sum, before all is summed."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "orders" / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0015_looked_at_once")]
    operations = [migrations.RunSQL((SQL / "accept_order_v4.sql").read_text())]
