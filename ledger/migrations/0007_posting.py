"""Post in fewer steps, and keep the balances of busy bounded accounts in stripes."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql"
FILES = (
    "balances_v2.sql",
    "stripes_v1.sql",
    "post_v2.sql",
    "legs_v1.sql",
    "post_batch_v2.sql",
    "grants_v2.sql",
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_seals_at_speed")]
    operations = [
        *(migrations.RunSQL((SQL / name).read_text()) for name in FILES),
        # The columns are in the files above; the models' state is told of them.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField("addresskind", "stripes", models.SmallIntegerField(default=0)),
                migrations.AddField("account", "stripes", models.SmallIntegerField(default=0)),
            ]
        ),
    ]
