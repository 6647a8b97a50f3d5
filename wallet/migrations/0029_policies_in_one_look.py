"""Read several policies in one look, within the database."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "policy" / "sql"


class Migration(migrations.Migration):
    dependencies = [("wallet", "0028_login_changes")]
    operations = [migrations.RunSQL((SQL / "policies_v1.sql").read_text())]
