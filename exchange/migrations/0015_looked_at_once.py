"""Accept an order with one look at all that may stand against it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "orders" / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0014_turns_of_their_own"), ("ledger", "0024_post_to_new_at_speed")]
    operations = [
        migrations.RunSQL((SQL / "sale_v2.sql").read_text()),
        migrations.RunSQL((SQL / "accept_order_v3.sql").read_text()),
    ]
