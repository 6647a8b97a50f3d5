"""Parties of the catalog stand beside the carriers: the same machinery asks them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0012_data_deliveries_in_the_plural'),
    ]

    operations = [
        migrations.AddField(
            model_name='carrier',
            name='is_partner',
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
