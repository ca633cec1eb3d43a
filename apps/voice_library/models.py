"""Categories and favourites of an account. The categories of a voice are on its own row (apps/voices)."""

from django.db import models
from django.db.models.functions import Now

from apps.accounts.models import Account
from apps.voices.models import Voice


class Category(models.Model):
    """Category that an account made; it may have no voices yet."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="voice_categories")
    name = models.CharField(max_length=50)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="a_category_of_an_account_once")]

    def __str__(self) -> str:
        return self.name


class Favourite(models.Model):
    """Voice that an account marked: one of its own, or a built-in one by its id."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="favourite_voices")
    voice = models.ForeignKey(Voice, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="Own voice.")
    built_in_voice = models.CharField(max_length=100, blank=True, help_text="Id of a built-in voice.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "voice"], condition=models.Q(voice__isnull=False), name="an_own_favourite_once"),
            models.UniqueConstraint(
                fields=["account", "built_in_voice"], condition=~models.Q(built_in_voice=""), name="a_built_in_favourite_once"
            ),
            models.CheckConstraint(
                condition=models.Q(voice__isnull=False, built_in_voice="") | (models.Q(voice__isnull=True) & ~models.Q(built_in_voice="")),
                name="a_favourite_is_one_voice",
            ),
        ]

    def __str__(self) -> str:
        return self.built_in_voice or str(self.voice)
