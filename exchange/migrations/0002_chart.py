"""Tell the ledger the exchange's kinds of address and of transaction."""

from django.db import migrations

ID = "[0-9a-f-]{36}"
MONTH = "20[0-9]{2}-(0[1-9]|1[0-2])"

# name, pattern, floor, ceiling, tracked, organisation
ADDRESSES = (
    ("order", f"^order/{ID}$", 0, None, True, False),
    ("holder proceeds", f"^holder/{ID}/proceeds/{MONTH}$", 0, None, True, False),
    ("holder fees", f"^holder/{ID}/fees/{MONTH}$", 0, None, True, False),
)

# name, only while a month closes, may move what is past its month
KINDS = (
    ("order_place", False, False),
    ("order_cancel", False, True),
    ("order_close", True, True),
    ("trade", False, False),
    ("proceeds", True, False),
    ("fees", True, False),
)


def tell(apps: object, schema_editor: object) -> None:
    for row in ADDRESSES:
        schema_editor.execute(
            "INSERT INTO public.ledger_address_kind"
            " (name, pattern, floor, ceiling, tracked, organisation)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            row,
        )
    for row in KINDS:
        schema_editor.execute(
            "INSERT INTO public.ledger_transaction_kind (name, closes, past_assets)"
            " VALUES (%s, %s, %s)",
            row,
        )


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("ledger", "0002_models")]
    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
