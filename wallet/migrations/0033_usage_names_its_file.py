"""Note which file each attestation comes from; find what rolled after its month by an index.

Of what was read before nothing is known: those rows name no file.
"""

import django.db.models.deletion
from django.db import migrations, models

# What a close rolls is dated within its month, and never in this index.
LATE = """
CREATE INDEX wallet_roll_late ON public.wallet_roll (month, rolled_at)
WHERE rolled_at >= timezone('Asia/Shanghai', month + interval '1 month')
"""


class Migration(migrations.Migration):
    dependencies = [("wallet", "0032_charges_name_their_transaction")]
    operations = [
        migrations.AddField(
            model_name="usage",
            name="file",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="wallet.usagefile",
            ),
        ),
        migrations.RunSQL(LATE, "DROP INDEX public.wallet_roll_late"),
    ]
