"""Sign-ups by address block and day, and the addresses that had their bonus."""

from django.db import models
from django.db.models.functions import Now


class SignUpCount(models.Model):
    """Sign-ups from an address block on a day; those with throw-away mailboxes are counted apart."""

    block = models.CharField(max_length=45, help_text="An IPv4 address, or the /64 network of an IPv6 address.")
    day = models.DateField()
    is_disposable = models.BooleanField(default=False)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["block", "day", "is_disposable"], name="one_sign_up_count_a_block_and_day")]

    def __str__(self) -> str:
        return f"{self.block} on {self.day}"


class ClaimedBonus(models.Model):
    """Address that had the bonus of a new account. It stays when the account is erased, so that nobody gets the bonus twice; therefore it
    holds no address, but a keyed digest.
    """

    digest = models.CharField(max_length=64, primary_key=True, editable=False)
    claimed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "claimed bonuses"

    def __str__(self) -> str:
        return self.digest[:12]
