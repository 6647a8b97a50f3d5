"""Book a batch in one call, and move its rows through fewer indexes: in place where it can be.

An order changes its place, its lots and its state while it lives: no index is on these, so that
only its end moves it through the indexes. Half of each page is left for that.
"""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parents[1] / "matching" / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0009_policy_at_speed"), ("ledger", "0020_open_many_accounts")]
    operations = [
        migrations.RemoveIndex(model_name="order", name="order_live"),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["book"],
                name="order_going_on",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="order",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="exchange.order",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("number__isnull", True), ("order__isnull", False)),
                fields=["order"],
                name="event_waiting_of_order",
            ),
        ),
        migrations.RunSQL("ALTER TABLE public.exchange_order SET (fillfactor = 50)"),
        migrations.RunSQL((SQL / "book_batch_v1.sql").read_text()),
    ]
