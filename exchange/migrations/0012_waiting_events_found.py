"""Find waiting events by an index that nothing else can stand in for.

Ordered by the id itself, the planner at times walked the primary key instead: past every event
that was ever numbered, for each batch and each look of an idle writer.
"""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0011_caps_in_one_place")]
    operations = [
        migrations.RemoveIndex(model_name="event", name="event_waiting"),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                models.F("book"),
                django.db.models.expressions.CombinedExpression(
                    models.F("id"), "+", models.Value(0)
                ),
                condition=models.Q(("number__isnull", True)),
                name="event_waiting",
            ),
        ),
    ]
