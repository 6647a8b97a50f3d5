"""Note when everybody was told that an end of the service is called off."""

from django.db import migrations, models

# What was called off before is no news.
OLD = "UPDATE public.wallet_winddown SET call_off_told_at = called_off_at"


class Migration(migrations.Migration):
    dependencies = [("wallet", "0034_owners_without_wallet")]
    operations = [
        migrations.AddField(
            model_name="winddown",
            name="call_off_told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(OLD, migrations.RunSQL.noop),
    ]
