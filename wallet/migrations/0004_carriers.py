"""Add the four carriers; where each one's server is, an administrator says."""

from typing import Any

from django.db import migrations

# code, Chinese name, English name, whether it is a virtual operator
CARRIERS = (
    ("CT", "中国电信", "China Telecom", False),
    ("CU", "中国联通", "China Unicom", False),
    ("CM", "中国移动", "China Mobile", False),
    ("MV", "牛牛移动", "Niuniu Mobile", True),
)


def add(apps: Any, schema_editor: Any) -> None:
    carrier = apps.get_model("wallet", "Carrier")
    carrier.objects.using(schema_editor.connection.alias).bulk_create(
        carrier(code=code, name_zh=chinese, name_en=english, is_virtual=is_virtual)
        for code, chinese, english, is_virtual in CARRIERS
    )


class Migration(migrations.Migration):
    dependencies = [("wallet", "0003_policy")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
