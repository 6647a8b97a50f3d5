"""Keep campaigns' budgets in stripes: many draw on one at the same moment."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wallet", "0008_savings_and_wishes"), ("ledger", "0007_posting")]
    operations = [
        migrations.RunSQL("SELECT public.ledger_stripe_kind_v1('campaign budget', 16::smallint)"),
    ]
