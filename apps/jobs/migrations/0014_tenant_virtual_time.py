"""TenantVirtualTime, whose table keeps the name that earlier versions use."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """New name of the model FairShare; no statement changes the database."""

    dependencies: ClassVar = [("jobs", "0013_indexes_by_time")]

    operations: ClassVar = [
        migrations.AlterModelTable(name="fairshare", table="jobs_fairshare"),
        migrations.RenameModel(old_name="FairShare", new_name="TenantVirtualTime"),
    ]
