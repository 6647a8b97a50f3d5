"""Let a number's orders say what they offer at most, and accept by that.

`exchange_accept_order_v3` stays for a release: a web process of the one before goes on with it.
What it accepts has not counted, so the numbers of those orders are summed.
"""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "orders" / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0017_turns_taken_by_key")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="offered_mb_max",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.RemoveIndex(model_name="order", name="order_of_number"),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("number__isnull", False)),
                fields=["number", "book", "offered_mb_max"],
                name="order_of_number",
            ),
        ),
        migrations.RunSQL((SQL / "accept_order_v4.sql").read_text()),
    ]
