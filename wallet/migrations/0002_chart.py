"""Tell the ledger the wallet's kinds of address and of transaction."""

from django.db import migrations

ID = "[0-9a-f-]{36}"
CARRIER = "[A-Z]{2,4}"
NAME = "[a-z0-9_-]{1,32}"

# name, pattern, floor, ceiling, tracked, organisation
ADDRESSES = (
    ("holder main", f"^holder/{ID}/main$", 0, None, True, False),
    ("holder debt", f"^holder/{ID}/debt$", None, 0, True, False),
    ("line", f"^line/{ID}/{NAME}$", 0, None, True, False),
    ("gift", f"^gift/{ID}$", 0, None, True, False),
    ("earning", f"^earning/{ID}$", 0, None, True, False),
    ("conversion", f"^conversion/{ID}$", 0, None, True, False),
    ("delivery", f"^delivery/{ID}$", 0, None, True, False),
    ("sponsor budget", f"^sponsor/{ID}/budget$", 0, None, True, True),
    ("sponsor receivable", f"^sponsor/{ID}/receivable$", None, None, False, True),
    ("campaign budget", f"^campaign/{ID}/budget$", 0, None, True, True),
    ("issuer", f"^issuer/{CARRIER}$", None, None, False, True),
    ("issuer revenue", f"^issuer/{CARRIER}/revenue$", None, None, False, True),
    (
        "carrier",
        f"^carrier/{CARRIER}/(deposited|delivered|bought|replaced|payable|cost)$",
        None,
        None,
        False,
        True,
    ),
    ("fees", f"^fees/{CARRIER}$", None, None, False, True),
    ("system", "^system/(sold|rolled|vouchers|expired)$", None, None, False, False),
)

# name, only while a month closes, may move what is past its month
KINDS = (
    ("purchase_order", False, False),
    ("campaign_funding", False, False),
    ("task_start", False, False),
    ("task_vest", False, False),
    ("task_lapse", False, False),
    ("gift_send", False, False),
    ("gift_claim", False, False),
    ("gift_cancel", False, False),
    ("gift_expire", False, True),
    ("deposit", False, True),
    ("take_back", False, False),
    ("take_back_done", False, True),
    ("take_back_failed", False, True),
    ("convert", False, False),
    ("convert_delivered", False, False),
    ("convert_refunded", False, False),
    ("data_delivery", False, False),
    ("data_delivery_done", False, True),
    ("data_delivery_failed", False, True),
    ("roll", True, True),
    ("late_roll", False, True),
    ("late_expire", False, True),
    ("expire", True, True),
    ("correction", False, True),
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
    dependencies = [("wallet", "0001_initial"), ("ledger", "0002_models")]
    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
