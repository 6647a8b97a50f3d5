"""Open a share in one statement; keep two indexes less of shares, which others begin with."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parents[1]


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0026_given_up'),
        ('ledger', '0018_opening_accounts_at_speed'),
    ]

    operations = [
        migrations.RunSQL((SQL / 'policy' / 'sql' / 'policy_v1.sql').read_text()),
        migrations.RunSQL((SQL / 'packets' / 'sql' / 'open_packet_v2.sql').read_text()),
        migrations.AlterField(
            model_name='packetshare',
            name='claimer',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='packet_shares', to='wallet.holder'),
        ),
        migrations.AlterField(
            model_name='packetshare',
            name='packet',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='wallet.packet'),
        ),
    ]
