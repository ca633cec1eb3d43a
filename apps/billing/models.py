"""Credit ledger in thousandths of a credit: immutable entries and the balance they add up to."""

from django.db import models
from django.db.models.functions import Now

from apps.accounts.models import Account


class Balance(models.Model):
    """Credits available to an account. Changes only together with a ledger entry (services/)."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="balance")
    available_millicredits = models.BigIntegerField(default=0)
    low_threshold_millicredits = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Threshold of the event credits.low; empty for TTSAI_LOW_CREDITS."
    )
    top_up_below_millicredits = models.PositiveBigIntegerField(
        null=True, blank=True, editable=False, help_text="Balance below which credits are bought automatically; empty: never."
    )
    has_debt = models.BooleanField(
        default=False, editable=False, help_text="Credits are owed: what jobs give back goes to TTSAI_CREDIT_RETURN_HOOK at once."
    )
    was_told_low = models.BooleanField(
        default=False, help_text="The event credits.low was sent since the balance was last at or above the threshold."
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(available_millicredits__gte=0), name="balance_never_below_zero")]

    def __str__(self) -> str:
        return f"{self.available_millicredits / 1000:,.3f} credits"


class EntryKind(models.TextChoices):
    """Kind of a ledger entry. A job has one reservation, one release and at most one charge.

    Subscription: credits of a paid invoice. Refund: credits taken back after a refund. Dispute: taken back while a payment is disputed, given
    back when it was won. Debt: taken from later credits, for what a refund or dispute could not take.
    """

    RESERVATION = "reservation"
    RELEASE = "release"
    CHARGE = "charge"
    BONUS = "bonus"
    PURCHASE = "purchase"
    ADJUSTMENT = "adjustment"
    SUBSCRIPTION = "subscription"
    REFUND = "refund"
    DISPUTE = "dispute"
    DEBT = "debt"


class LedgerEntry(models.Model):
    """One movement of credits. A database trigger refuses updates and deletions."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="ledger_entries")
    kind = models.CharField(max_length=20, choices=EntryKind.choices)
    amount_millicredits = models.BigIntegerField(help_text="Signed amount added to the balance.")
    balance_after_millicredits = models.BigIntegerField()
    job_uuid = models.UUIDField(null=True, blank=True)
    key_id = models.BigIntegerField(
        null=True, blank=True, help_text="Key (the first of its rotations) whose monthly spending a reservation counts in."
    )
    external_ref = models.CharField(max_length=200, null=True, blank=True, unique=True, help_text="Id of the payment or invoice.")
    reason = models.CharField(max_length=300, blank=True)
    actor = models.CharField(
        max_length=200, blank=True, help_text="Email address of the person, or name of the program, that made the entry."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "ledger entries"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "-id"], name="ledger_of_an_account"),
            models.Index(fields=["created_at"], name="ledger_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job_uuid", "kind"], name="one_entry_of_a_kind_for_a_job"),
            models.CheckConstraint(condition=~models.Q(amount_millicredits=0), name="an_entry_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.amount_millicredits / 1000:,.3f} credits"


class TierPrice(models.Model):
    """Price of a tier of models: free, standard, premium."""

    tier = models.SlugField(max_length=30, unique=True)
    millicredits_per_1k_characters = models.PositiveIntegerField(help_text="1000 is one credit for 1,000 characters.")

    class Meta:
        verbose_name = "price of a tier"
        verbose_name_plural = "prices of tiers"
        ordering = ["millicredits_per_1k_characters"]

    def __str__(self) -> str:
        return self.tier


class PriceUnit(models.TextChoices):
    """Unit by which a service is priced."""

    MINUTE = "minute", "minute of audio"
    TURN = "turn", "turn"
    REQUEST = "request", "request"


class ServicePrice(models.Model):
    """Price of services that are not priced per character: transcription, speech translation, voice chat, enrolment of voices."""

    service = models.SlugField(max_length=50, unique=True)
    unit = models.CharField(max_length=10, choices=PriceUnit.choices)
    millicredits = models.PositiveIntegerField(help_text="Price of one unit; 1000 is one credit.")

    class Meta:
        verbose_name = "price of a service"
        verbose_name_plural = "prices of services"
        ordering = ["service"]

    def __str__(self) -> str:
        return self.service
