"""Find a book's last turn without a step over every order that was cancelled or busted for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0012_waiting_events_found")]
    operations = [
        migrations.RemoveIndex(model_name="event", name="event_of_operators"),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("holder__isnull", True), ("order__isnull", True)),
                fields=["book", "-id"],
                name="event_of_operators",
            ),
        ),
    ]
