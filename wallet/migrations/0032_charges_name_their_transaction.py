"""Give invoices' lines what their first migration lacked when it was first run, where it did.

It was changed after the first databases had run it: theirs have no transaction on a charge's line.
Where it is there already, nothing is done.
"""

from django.db import migrations

COLUMN = """
ALTER TABLE public.wallet_invoiceline ADD COLUMN IF NOT EXISTS transaction uuid;
UPDATE public.wallet_invoiceline l SET transaction = e.transaction_id
FROM public.ledger_entry e
WHERE l.transaction IS NULL AND l.asset = 'CNY' AND e.month = l.month AND e.id = l.first_entry;
"""
ONCE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'invoice_charges_once') THEN
        ALTER TABLE public.wallet_invoiceline
            ADD CONSTRAINT invoice_charges_once UNIQUE (transaction, address);
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("wallet", "0031_invoices_told")]
    operations = [
        migrations.RunSQL(COLUMN, migrations.RunSQL.noop),
        migrations.RunSQL(ONCE, migrations.RunSQL.noop),
    ]
