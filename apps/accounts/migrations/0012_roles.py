"""The roles owner, developer, billing and viewer: former members are developers, who may do what they could."""

from typing import Any

from django.db import migrations, models


def rename_members(apps: Any, _editor: Any) -> None:
    apps.get_model("accounts", "Membership").objects.filter(role="member").update(role="developer")


def rename_developers(apps: Any, _editor: Any) -> None:
    apps.get_model("accounts", "Membership").objects.exclude(role="owner").update(role="member")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_spending_caps")]

    operations = [
        migrations.RunPython(rename_members, rename_developers),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[("owner", "Owner"), ("developer", "Developer"), ("billing", "Billing"), ("viewer", "Viewer")],
                default="developer",
                max_length=20,
            ),
        ),
    ]
