"""Give what came of an event a table of its own, and let orders change in their place.

A number given to an event moved its whole row through all indexes of the log; an order's end moved
it through all of its own. Now the log is only added to, and of orders only what rests moves.
"""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

ORDERS = Path(__file__).parents[1] / "orders" / "sql"
MATCHING = Path(__file__).parents[1] / "matching" / "sql"

# What was numbered has had its turn, the rest waits.
CONVERT = """
LOCK TABLE public.exchange_event IN ACCESS EXCLUSIVE MODE;
INSERT INTO public.exchange_turn (event_id, book_id, number, outcome)
SELECT id, book_id, number, outcome FROM public.exchange_event
WHERE number IS NOT NULL ORDER BY id;
INSERT INTO public.exchange_waiting (book_id, event_id)
SELECT book_id, id FROM public.exchange_event WHERE number IS NULL ORDER BY id;
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0013_turns_found"), ("ledger", "0022_open_accounts_by_shape")]
    operations = [
        migrations.RemoveIndex(model_name="order", name="order_going_on"),
        migrations.AddField(
            model_name="order",
            name="rests",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.ExpressionWrapper(
                    models.Q(("state", "open")), output_field=models.BooleanField()
                ),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("rests", True)), fields=["book"], name="order_resting"
            ),
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "book_id",
                        "event_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "book",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.book",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting",
                        to="exchange.event",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="turn",
                        serialize=False,
                        to="exchange.event",
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("outcome", models.CharField(max_length=24)),
                (
                    "book",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.book",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(CONVERT),
        migrations.AddConstraint(
            model_name="turn",
            constraint=models.UniqueConstraint(fields=("book", "number"), name="turn_number_once"),
        ),
        migrations.RemoveConstraint(model_name="event", name="event_number_once"),
        migrations.RemoveIndex(model_name="event", name="event_waiting"),
        migrations.RemoveIndex(model_name="event", name="event_waiting_of_order"),
        migrations.RemoveField(model_name="event", name="number"),
        migrations.RemoveField(model_name="event", name="outcome"),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("kind", "replace")), fields=["order"], name="event_replacing"
            ),
        ),
        migrations.RunSQL((ORDERS / "turns_v1.sql").read_text()),
        migrations.RunSQL((MATCHING / "book_batch_v2.sql").read_text()),
    ]
