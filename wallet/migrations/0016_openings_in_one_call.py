"""Open a share of a red packet in one call of the database."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "packets" / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0015_breakers"),
        ("ledger", "0014_open_account"),
    ]
    operations = [migrations.RunSQL((SQL / "open_packet_v1.sql").read_text())]
