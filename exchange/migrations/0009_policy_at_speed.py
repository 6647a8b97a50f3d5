"""Read the policies of an acceptance by a plan that is kept."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "orders" / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0008_orders_in_one_call")]
    operations = [migrations.RunSQL((SQL / "policy_at_speed.sql").read_text())]
