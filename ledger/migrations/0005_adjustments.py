"""Make the tables, functions and guards of adjustments, and the groups of who works with them."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql"
SEE = tuple(
    f"view_{model}" for model in ("account", "transaction", "month", "proposal", "adjustmentlimit")
)
GROUPS = {
    "adjuster": (*SEE, "add_proposal"),
    "approver": SEE,
    "controller": (*SEE, "add_proposal"),
}


def make_groups(apps, schema_editor):
    """Make the roles as groups: they may see the books; what they may move stands in the limits."""
    owner = schema_editor.connection.alias
    types = apps.get_model("contenttypes", "ContentType").objects.using(owner)
    permissions = apps.get_model("auth", "Permission").objects.using(owner)
    groups = apps.get_model("auth", "Group").objects.using(owner)
    for name, codenames in GROUPS.items():
        group, _ = groups.get_or_create(name=name)
        for codename in codenames:
            verb, model = codename.split("_")
            kind, _ = types.get_or_create(app_label="ledger", model=model)
            permission, _ = permissions.get_or_create(
                content_type=kind, codename=codename, defaults={"name": f"Can {verb} {model}"}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_looks"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunSQL((SQL / "adjustments_tables_v1.sql").read_text()),
        migrations.RunSQL((SQL / "adjustments_v1.sql").read_text()),
        migrations.CreateModel(
            name="AdjustmentLimit",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("role", models.TextField()),
                ("act", models.TextField(choices=[("propose", "Propose"), ("approve", "Approve")])),
                ("units_each_max", models.BigIntegerField()),
                ("units_per_day_max", models.BigIntegerField()),
                ("escrows", models.BooleanField()),
                ("open_days", models.SmallIntegerField(null=True)),
                ("set_by", models.TextField()),
                ("set_at", models.DateTimeField()),
                ("reason", models.TextField()),
            ],
            options={
                "db_table": "ledger_adjustment_limit",
                "ordering": ("role", "act", "-id"),
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.TextField(
                        choices=[("adjustment", "Adjustment"), ("reversal", "Reversal")]
                    ),
                ),
                ("action", models.TextField()),
                ("subject", models.TextField()),
                ("reason", models.TextField()),
                ("attachment", models.TextField()),
                ("units", models.BigIntegerField()),
                ("escrows", models.BooleanField()),
                ("role", models.TextField()),
                ("proposed_by", models.UUIDField()),
                ("proposed_at", models.DateTimeField()),
                ("proposed_from", models.TextField()),
                ("expires_at", models.DateTimeField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "db_table": "ledger_proposal",
                "ordering": ("-proposed_at", "-id"),
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ProposalPosting",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("place", models.SmallIntegerField()),
                ("transaction_id", models.UUIDField()),
                ("reverses", models.UUIDField(null=True)),
                ("legs_hash", models.BinaryField()),
            ],
            options={
                "db_table": "ledger_proposal_posting",
                "ordering": ("place",),
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ProposalLeg",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("address", models.TextField()),
                ("asset", models.TextField()),
                ("amount", models.BigIntegerField()),
            ],
            options={"db_table": "ledger_proposal_leg", "ordering": ("id",), "managed": False},
        ),
        migrations.CreateModel(
            name="ProposalDecision",
            fields=[
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=models.DO_NOTHING,
                        primary_key=True,
                        related_name="decision",
                        serialize=False,
                        to="ledger.proposal",
                    ),
                ),
                ("proposed_by", models.UUIDField()),
                (
                    "outcome",
                    models.TextField(
                        choices=[
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ]
                    ),
                ),
                ("decided_by", models.UUIDField(null=True)),
                ("role", models.TextField()),
                ("decided_at", models.DateTimeField()),
                ("decided_from", models.TextField()),
                ("reason", models.TextField()),
                ("written_at", models.DateTimeField()),
            ],
            options={"db_table": "ledger_proposal_decision", "managed": False},
        ),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        # The trail of what staff do in the admin is kept as the books are.
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.django_admin_log"
            " FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();"
            " CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.django_admin_log"
            " FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1()"
        ),
    ]
