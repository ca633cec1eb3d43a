"""Entries of an account's pronunciation dictionary."""

from django.db import models
from django.db.models.functions import Lower, Now

from apps.accounts.models import Account


class Pronunciation(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="pronunciations")
    word = models.CharField(max_length=100)
    replacement = models.CharField(max_length=200)
    language = models.CharField(max_length=35, blank=True, help_text="Language of the rule; empty for all languages.")
    case_sensitive = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "account", Lower("word"), "language", condition=models.Q(case_sensitive=False), name="one_pronunciation_of_a_word"
            ),
            models.UniqueConstraint(
                fields=["account", "word", "language"],
                condition=models.Q(case_sensitive=True),
                name="one_pronunciation_of_an_exact_word",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} → {self.replacement}"
