from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("wallet", "0023_looked_up_per_order"),
    ]

    operations = [
        migrations.AddField(
            model_name='datadelivery',
            name='returns_next_month',
            field=models.BooleanField(default=False),
        ),
    ]
