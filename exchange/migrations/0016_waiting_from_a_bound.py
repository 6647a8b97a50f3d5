"""Read what waits from where nothing can come any more.

`exchange_waiting_v1` stays for a release: a writer of the one before goes on with it, from the
beginning, whatever bound another has raised.
"""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "orders" / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0015_looked_at_once")]
    operations = [
        migrations.AddField(
            model_name="book",
            name="waits_from",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL((SQL / "waiting_v2.sql").read_text()),
    ]
