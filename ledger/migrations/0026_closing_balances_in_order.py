"""Write closing balances in the order of their accounts, and under no key that nobody looks by."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0025_open_moved")]
    operations = [
        migrations.AlterField(
            model_name="closingbalance",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="ledger.account",
            ),
        ),
        migrations.RunSQL((SQL / "closing_balances_at_speed.sql").read_text()),
    ]
