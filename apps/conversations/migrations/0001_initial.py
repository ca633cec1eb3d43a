"""Conversations and their turns."""

import uuid
from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """A conversation is an account's, a turn is a job's."""

    initial = True

    dependencies: ClassVar = [("accounts", "0001_initial"), ("jobs", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("system_prompt", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("last_turn_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="conversations", to="accounts.account"),
                ),
            ],
            options={"ordering": ["-last_turn_at"]},
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_text", models.TextField(blank=True)),
                ("ai_text", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="turns", to="conversations.conversation"
                    ),
                ),
                ("job", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="turn", to="jobs.job")),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["account", "-last_turn_at"], name="conversations_of_an_account"),
        ),
    ]
