"""Keep who looked at what is personal, and why: rows are only ever added."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "audit" / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_seals")]
    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("by", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reason", "Reason"),
                            ("search", "Search"),
                            ("timeline", "Timeline"),
                            ("personal", "Personal"),
                        ],
                        max_length=8,
                    ),
                ),
                ("subject", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
            ],
            options={
                "permissions": (("make_look", "Can look at personal data, with a reason"),),
                "indexes": [models.Index(fields=["by", "subject", "-at"], name="look_reason")],
            },
        ),
        migrations.RunSQL((SQL / "looks_v1.sql").read_text()),
    ]
