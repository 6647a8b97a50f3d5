"""Kinds by which sellers and buyers are paid out before the month closes: when the service ends."""

from django.db import migrations

KINDS = ("proceeds_early", "fees_early")


def tell(apps: object, schema_editor: object) -> None:
    for kind in KINDS:
        schema_editor.execute(
            "INSERT INTO public.ledger_transaction_kind (name, closes, past_assets)"
            " VALUES (%s, false, false)",
            (kind,),
        )


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_chart")]
    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
