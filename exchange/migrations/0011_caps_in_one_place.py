"""Sum a sale's caps in one place, and accept an order with fewer looks."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "orders" / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0010_batches_in_one_call"),
        ("ledger", "0021_post_opening_at_speed"),
        ("wallet", "0029_policies_in_one_look"),
    ]
    operations = [
        migrations.RunSQL((SQL / "sale_v1.sql").read_text()),
        migrations.RunSQL((SQL / "accept_order_v2.sql").read_text()),
    ]
