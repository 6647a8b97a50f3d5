"""Sponsors' and merchants' invoices: rows, accounts of what was invoiced, kinds of transactions."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

ID = "[0-9a-f-]{36}"
# name, pattern, floor, ceiling, tracked, organisation
ADDRESSES = (
    ("sponsor paid", f"^sponsor/{ID}/paid$", None, None, False, True),
    ("merchant earned", f"^merchant/{ID}/earned$", None, None, False, True),
)
# name, only while a month closes, may move what is past its month
KINDS = (("sponsor_invoice", True, False), ("merchant_invoice", True, False))


def tell(apps: Any, schema_editor: Any) -> None:
    for row in ADDRESSES:
        schema_editor.execute(
            "INSERT INTO public.ledger_address_kind"
            " (name, pattern, floor, ceiling, tracked, organisation)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            row,
        )
    for kind in KINDS:
        schema_editor.execute(
            "INSERT INTO public.ledger_transaction_kind (name, closes, past_assets)"
            " VALUES (%s, %s, %s)",
            kind,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0029_policies_in_one_look'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('side', models.CharField(choices=[('sponsor', 'Sponsor'), ('merchant', 'Merchant')], max_length=8)),
                ('made_at', models.DateTimeField()),
                ('opening_fen', models.BigIntegerField(default=0)),
                ('ordered_fen', models.BigIntegerField(default=0)),
                ('corrected_fen', models.BigIntegerField(default=0)),
                ('paid_fen', models.BigIntegerField(default=0)),
                ('due_fen', models.BigIntegerField(default=0)),
                ('coins', models.BigIntegerField(default=0)),
                ('fen_per_1000', models.BigIntegerField(default=0)),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='wallet.holder')),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('address', models.CharField(max_length=128)),
                ('asset', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=32)),
                ('at', models.DateTimeField(blank=True, null=True)),
                ('amount', models.BigIntegerField()),
                ('coins', models.BigIntegerField(default=0)),
                ('transaction', models.UUIDField(blank=True, null=True)),
                ('transactions', models.PositiveBigIntegerField()),
                ('first_entry', models.BigIntegerField()),
                ('last_entry', models.BigIntegerField()),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='wallet.invoice')),
                ('issuer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.carrier')),
            ],
            options={
                'ordering': ('asset', 'address', 'first_entry', 'id'),
            },
        ),
        migrations.CreateModel(
            name='InvoiceShare',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('coins', models.BigIntegerField()),
                ('fen', models.BigIntegerField()),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='wallet.invoice')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.carrier')),
            ],
            options={
                'ordering': ('issuer',),
            },
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(fields=('holder', 'month', 'side'), name='invoice_once'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('due_fen', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('opening_fen'), '+', models.F('ordered_fen')), '+', models.F('corrected_fen')), '-', models.F('paid_fen')))), name='invoice_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(fields=('invoice', 'address', 'asset', 'first_entry'), name='invoice_line_once'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(fields=('transaction', 'address'), name='invoice_charges_once'),
        ),
        migrations.AddConstraint(
            model_name='invoiceshare',
            constraint=models.UniqueConstraint(fields=('invoice', 'issuer'), name='invoice_share_once'),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
