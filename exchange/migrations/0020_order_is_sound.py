"""Hold orders to one CHECK in place of twelve, and ask for no transaction id that is there."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "orders" / "sql"
# That none is negative says the one check for all.
PLAIN = ("lots", "price_coins", "open_lots", "maker_bp", "taker_bp")
PLAIN_FROM_ZERO = ("filled_lots", "seller_coins_per_lot")
CHECKS = ("positive", "open_within", "seller_names_a_number", "delivers_to_a_number")
CHECKS += ("aside_not_negative",)


class Migration(migrations.Migration):
    dependencies = [("exchange", "0019_purses_found")]
    operations = [
        migrations.RunSQL((SQL / "order_is_sound_v1.sql").read_text()),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    *("lots", "price_coins", "open_lots", "filled_lots", "aside_amount"),
                    *("maker_bp", "taker_bp", "seller_coins_per_lot"),
                    *("side", "number", "deliver_at_once", "deliver_to"),
                    function="public.exchange_order_is_sound_v1",
                    output_field=models.BooleanField(),
                ),
                name="order_is_sound",
            ),
        ),
        *(migrations.RemoveConstraint("order", f"order_{name}") for name in CHECKS),
        *(migrations.AlterField("order", name, models.IntegerField()) for name in PLAIN),
        *(
            migrations.AlterField("order", name, models.IntegerField(default=0))
            for name in PLAIN_FROM_ZERO
        ),
        migrations.RunSQL((SQL / "begin_event_at_speed.sql").read_text()),
    ]
