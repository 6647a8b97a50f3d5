"""Accept an order in one call of the database."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "orders" / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0007_surveillance"), ("ledger", "0014_open_account")]
    operations = [migrations.RunSQL((SQL / "accept_order_v1.sql").read_text())]
