"""Keep the policy table as it was written: a change is a new row, dated from then on."""

from pathlib import Path

import django.db.models.expressions
from django.db import migrations, models

APPEND_ONLY = Path(__file__).parents[1] / "policy" / "sql" / "append_only_v1.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0013_partners"),
        ("ledger", "0001_tables"),
    ]
    operations = [
        migrations.AddConstraint(
            model_name="policyrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_at__gte", django.db.models.expressions.F("set_at"))
                ),
                name="policy_row_never_backwards",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("set_by", ""), _negated=True),
                ),
                name="policy_row_says_who_and_why",
            ),
        ),
        migrations.RunSQL(
            APPEND_ONLY.read_text(),
            "DROP TRIGGER append_only ON public.wallet_policyrow;"
            "DROP TRIGGER no_truncate ON public.wallet_policyrow;",
        ),
    ]
