"""Tell owners once that an invoice is there; of those from before nobody is told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wallet", "0030_invoices")]
    operations = [
        migrations.AddField(
            model_name="invoice",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("told_at__isnull", True)),
                fields=["month", "id"],
                name="invoice_untold",
            ),
        ),
        migrations.RunSQL(
            "UPDATE public.wallet_invoice SET told_at = made_at", migrations.RunSQL.noop
        ),
    ]
