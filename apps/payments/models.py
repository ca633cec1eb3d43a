"""Prices and packs on sale, and Stripe's customers as it described them: subscriptions, payments, debts, events, differences."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.accounts.models import Account, Plan


class Interval(models.TextChoices):
    """Interval of a subscription."""

    MONTH = "month"
    YEAR = "year"


CURRENCY_HELP = "Three letters, such as usd."
MINOR_HELP = "In the smallest unit of the currency: 900 is 9.00 USD, and 900 JPY."


class PlanOffer(models.Model):
    """Prices of a plan, and the credits of each month. A plan without prices is not sold."""

    plan = models.OneToOneField(Plan, primary_key=True, on_delete=models.CASCADE, related_name="offer")
    description = models.CharField(max_length=200, blank=True, help_text="One sentence on the page of prices.")
    currency = models.CharField(max_length=3, default="usd", help_text=CURRENCY_HELP)
    monthly_price_minor = models.PositiveIntegerField(null=True, blank=True, help_text=f"Price of a month. {MINOR_HELP}")
    yearly_price_minor = models.PositiveIntegerField(null=True, blank=True, help_text=f"Price of a year. {MINOR_HELP}")
    monthly_millicredits = models.BigIntegerField(
        default=0, help_text="Thousandths of a credit for each paid month; a paid year gives twelve times as many."
    )
    stripe_product = models.CharField(
        max_length=100, blank=True, help_text="prod_…: subscriptions to any price of this product are on the plan."
    )
    stripe_monthly_price = models.CharField(max_length=100, blank=True, help_text="price_…; empty: not sold by the month.")
    stripe_yearly_price = models.CharField(max_length=100, blank=True, help_text="price_…; empty: not sold by the year.")
    is_public = models.BooleanField(default=True, help_text="Shown on the page of prices.")
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Order on the page of prices, and rank: a change to a higher one is an upgrade."
    )

    class Meta:
        verbose_name = "price of a plan"
        verbose_name_plural = "prices of plans"
        ordering = ["position"]

    def __str__(self) -> str:
        return f"price of {self.plan}"

    def price_minor(self, interval: str) -> int | None:
        return self.yearly_price_minor if interval == Interval.YEAR else self.monthly_price_minor

    def stripe_price(self, interval: str) -> str:
        return self.stripe_yearly_price if interval == Interval.YEAR else self.stripe_monthly_price


class CreditPack(models.Model):
    """Credits that are bought once."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    millicredits = models.PositiveBigIntegerField(help_text="Thousandths of a credit: 1000 is one credit.")
    currency = models.CharField(max_length=3, default="usd", help_text=CURRENCY_HELP)
    price_minor = models.PositiveIntegerField(help_text=MINOR_HELP)
    stripe_product = models.CharField(max_length=100, blank=True, help_text="prod_…")
    stripe_price = models.CharField(max_length=100, blank=True, help_text="price_…; empty: not for sale.")
    is_public = models.BooleanField(default=True, help_text="Offered to customers.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "credit pack"
        ordering = ["position", "price_minor"]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """Account as a customer of Stripe."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="stripe_customer")
    stripe_id = models.CharField(max_length=100, unique=True, help_text="cus_…")
    given_plan = models.ForeignKey(
        Plan, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Plan that the account has by its subscription."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="Deleted at Stripe, with the account.")

    def __str__(self) -> str:
        return self.stripe_id


LIVE_STATUSES = ("active", "trialing", "past_due")
"""Statuses, in Stripe's words, of a subscription that continues and may be changed."""


class Subscription(models.Model):
    """Subscription as Stripe last described it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="subscriptions")
    stripe_id = models.CharField(max_length=100, unique=True, help_text="sub_…")
    status = models.CharField(max_length=30, help_text="In Stripe's words: active, past_due, canceled, …")
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: no plan has its price.")
    interval = models.CharField(max_length=10, choices=Interval.choices, default=Interval.MONTH)
    stripe_price = models.CharField(max_length=100)
    period_end = models.DateTimeField(null=True, help_text="End of the paid period.")
    cancels_at_period_end = models.BooleanField(default=False)
    next_plan = models.ForeignKey(
        Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Plan from the end of the period on."
    )
    next_interval = models.CharField(max_length=10, blank=True, choices=Interval.choices)
    stripe_schedule = models.CharField(max_length=100, blank=True, help_text="sub_sched_… of a change at the end of the period.")
    past_due_since = models.DateTimeField(null=True, blank=True)
    has_pending_update = models.BooleanField(default=False, help_text="An upgrade waits for its payment.")
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["past_due_since"], condition=Q(status="past_due"), name="subscriptions_past_due")]

    def __str__(self) -> str:
        return f"{self.stripe_id} ({self.status})"

    @property
    def is_live(self) -> bool:
        """True while it continues, paid or in its days of grace."""
        return self.status in LIVE_STATUSES


class PaymentKind(models.TextChoices):
    """Reason for a payment."""

    PACK = "pack"
    SUBSCRIPTION = "subscription"
    TOP_UP = "top_up", "automatic top-up"


class Payment(models.Model):
    """Payment that gave credits, and how much of it was refunded or is disputed."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=20, choices=PaymentKind.choices)
    reference = models.CharField(
        max_length=100, unique=True, help_text="The ledger's external_ref: payment, invoice or checkout at Stripe."
    )
    stripe_payment_intent = models.CharField(max_length=100, blank=True, db_index=True, help_text="pi_…; empty where nothing was to pay.")
    stripe_invoice = models.CharField(max_length=100, blank=True, help_text="in_…")
    description = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField(help_text=MINOR_HELP)
    currency = models.CharField(max_length=3)
    granted_millicredits = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    disputed_minor = models.BigIntegerField(default=0, help_text="Under dispute, or lost by it.")
    reversed_millicredits = models.BigIntegerField(default=0, help_text="Credits taken back for both, those that are owed included.")
    reversal_count = models.PositiveIntegerField(default=0, editable=False)
    paid_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-paid_at", "-id"]
        indexes = [
            models.Index(fields=["account", "-paid_at"], name="payments_of_an_account"),
            models.Index(fields=["-paid_at", "-id"], name="payments_by_time"),  # the admin's charts, and the order of its list
        ]

    def __str__(self) -> str:
        return f"{self.description} ({self.reference})"


class CreditDebt(models.Model):
    """Credits that a refund or a dispute could not take, since they were spent. The next purchase, and what jobs give back, settles them first."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credit_debts")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="debts")
    owed_millicredits = models.BigIntegerField()
    settled_millicredits = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "debt of credits"
        verbose_name_plural = "debts of credits"
        ordering = ["id"]
        indexes = [models.Index(fields=["account"], condition=Q(settled_at=None), name="debts_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_millicredits__gte=0, settled_millicredits__lte=models.F("owed_millicredits")),
                name="debt_within_what_is_owed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.open_millicredits / 1000:,.3f} of {self.owed_millicredits / 1000:,.3f} credits"

    @property
    def open_millicredits(self) -> int:
        return self.owed_millicredits - self.settled_millicredits


class AutoTopUp(models.Model):
    """Automatic purchase of a pack with the saved card, once the balance falls below a threshold."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="auto_top_up")
    is_enabled = models.BooleanField(default=False)
    threshold_millicredits = models.PositiveBigIntegerField()
    pack = models.ForeignKey(CreditPack, on_delete=models.PROTECT, related_name="+")
    monthly_cap_minor = models.PositiveIntegerField(help_text=f"Most that is charged in a month (UTC). {MINOR_HELP}")
    disabled_reason = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.pack} below {self.threshold_millicredits / 1000:,.3f} credits"


class TopUpState(models.TextChoices):
    """State of an automatic purchase."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class TopUp(models.Model):
    """One automatic purchase. An account has at most one pending one."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="top_ups")
    pack = models.ForeignKey(CreditPack, null=True, on_delete=models.SET_NULL, related_name="+")
    millicredits = models.PositiveBigIntegerField()
    amount_minor = models.PositiveIntegerField(help_text=MINOR_HELP)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=TopUpState.choices, default=TopUpState.PENDING)
    stripe_payment_method = models.CharField(max_length=100, blank=True)
    stripe_payment_intent = models.CharField(max_length=100, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "automatic top-up"
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["account"], condition=Q(state="pending"), name="one_pending_top_up")]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} ({self.state})"


class EventState(models.TextChoices):
    """State of a webhook event."""

    PENDING = "pending"
    PROCESSED = "processed"
    IGNORED = "ignored"
    FAILED = "failed"


class StripeEvent(models.Model):
    """Webhook event as it was received, once each."""

    stripe_id = models.CharField(max_length=100, unique=True, help_text="evt_…")
    type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=100, blank=True)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=EventState.choices, default=EventState.PENDING)
    attempt_count = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    next_attempt_at = models.DateTimeField(db_default=Now())
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "Stripe event"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="pending"), name="stripe_events_due"),
            models.Index(fields=["received_at"], name="stripe_events_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.type} ({self.stripe_id})"


class Difference(models.Model):
    """Difference between Stripe and our rows or the ledger, found by the nightly reconciliation."""

    kind = models.CharField(max_length=50)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="payment_differences")
    object_id = models.CharField(max_length=100)
    message = models.CharField(max_length=500)
    is_repaired = models.BooleanField(default=False)
    found_at = models.DateTimeField(db_default=Now(), editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True, help_text="Repaired, or no longer found.")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], condition=Q(resolved_at=None), name="one_open_difference")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"
