"""Plans, accounts, users, memberships, API keys, and daily use by anonymous callers."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import DatabaseError, models
from django.db.models.functions import Lower
from django.utils import timezone

from apps.accounts.managers import UserManager
from apps.core.erased_people import ErasedPersonError
from workers.contract.provenance import WATERMARK_MODES


class Plan(models.Model):
    """Limits and permissions of an account, edited by the operator. Anonymous callers have a plan too."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    requests_per_minute = models.PositiveIntegerField()
    concurrent_jobs = models.PositiveIntegerField(help_text="Jobs of one account (without a key: of one address) that wait or run at once.")
    total_concurrent_jobs = models.PositiveIntegerField(
        null=True, blank=True, help_text="Jobs of all callers of this plan together; for the plan of callers without a key."
    )
    max_characters = models.PositiveIntegerField(help_text="The longest text of one request, in characters.")
    characters_per_day = models.PositiveIntegerField(
        null=True, blank=True, help_text="Characters per address and UTC day, for callers without a key."
    )
    anonymous_services = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text="Services that visitors of the site's pages use without an account, beside speaking texts; for the plan of callers without a key.",
    )
    audio_seconds_per_day = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Seconds of recordings per address and UTC day, for visitors without an account; empty for no limit.",
    )
    allowed_models = models.JSONField(default=list, blank=True, help_text='Model ids, ["piper", "kokoro"]; an empty list allows all.')
    excluded_models = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text="Ids of models that are switched off for this plan, even if `allowed_models` has them.",
    )
    max_upload_bytes = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Largest file of one request, in bytes; empty for each endpoint's own limit."
    )
    max_voices = models.PositiveIntegerField(
        default=10, db_default=10, help_text="Named voices that an account keeps; embeds do not count."
    )
    max_samples = models.PositiveIntegerField(default=5, db_default=5, help_text="Recordings of one voice.")
    max_projects = models.PositiveIntegerField(default=50, db_default=50, help_text="Projects that an account keeps.")
    weight = models.PositiveIntegerField(default=1, help_text="Share of the account while all workers are busy.")
    retention_days = models.PositiveIntegerField(default=30, help_text="Days after which results are deleted.")
    watermark = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",
        choices=[(mode, mode) for mode in WATERMARK_MODES],
        help_text="Speech that carries an inaudible watermark: off, cloned (with voices of the account) or all. Empty: TTSAI_WATERMARK.",
    )
    content_credentials = models.BooleanField(
        null=True, blank=True, help_text="Results are signed with content credentials (C2PA). Unknown: TTSAI_C2PA."
    )
    uses_cache = models.BooleanField(
        null=True, blank=True, help_text="Repeated requests get the result of the first one from the cache. Unknown: TTSAI_CACHE."
    )
    is_default = models.BooleanField(default=False, help_text="Plan of new accounts.")

    class Meta:
        ordering = ["requests_per_minute", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=models.Q(is_default=True), name="one_default_plan"),
            models.CheckConstraint(condition=models.Q(weight__gte=1), name="plan_weight_is_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    def includes_model(self, model_id: str) -> bool:
        """True if accounts of this plan may use the model."""
        return model_id not in self.excluded_models and (not self.allowed_models or model_id in self.allowed_models)


class AccountStatus(models.TextChoices):
    """State of an account; active accounts alone are served."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Account(models.Model):
    """Customer that owns keys, jobs and credits. Never deleted while the ledger refers to it; a closed account has no members and no keys."""

    name = models.CharField(max_length=200)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="accounts")
    status = models.CharField(max_length=20, choices=AccountStatus.choices, default=AccountStatus.ACTIVE)
    status_reason = models.CharField(max_length=300, blank=True, help_text="Reason for a suspension or closure; not shown to customers.")
    suspension_notice = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="Shown to the members of a suspended account."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["created_at"], name="accounts_by_time")]

    def __str__(self) -> str:
        return f"{self.name} (#{self.pk})"


class User(AbstractBaseUser, PermissionsMixin):
    """Person, identified by an email address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="Access to the admin.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    accounts = models.ManyToManyField(Account, through="Membership", related_name="users")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        ordering = ["email"]
        indexes = [models.Index(fields=["created_at"], condition=models.Q(last_login=None, is_staff=False), name="people_never_logged_in")]
        constraints = [models.UniqueConstraint(Lower("email"), name="email_whatever_its_case")]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a person who was erased meanwhile is not made again, as Django's own would: a new password, the time of a login."""
        if self._state.adding:
            super().save(*args, **kwargs)
            return
        try:
            super().save(*args, **{**kwargs, "force_update": True})
        except DatabaseError as error:
            if type(error) is DatabaseError:  # Django's own, for a row that an update did not find; those of the database are subclasses
                raise ErasedPersonError from error
            raise

    def clean(self) -> None:
        """Normalise the email address as UserManager does."""
        super().clean()
        self.email = self.email.strip().lower()


class Role(models.TextChoices):
    """Role of a member in an account; apps/accounts/roles.py says what each may do."""

    OWNER = "owner"
    DEVELOPER = "developer"
    BILLING = "billing"
    VIEWER = "viewer"


class Membership(models.Model):
    """Membership of a user in an account."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.DEVELOPER)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "member"
        constraints = [models.UniqueConstraint(fields=["user", "account"], name="a_person_is_once_in_an_account")]

    def __str__(self) -> str:
        return f"{self.user} in {self.account}"


class ApiKey(models.Model):
    """API key of an account. The secret is shown once; the row stores its digest and its first characters."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="keys")
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list, blank=True, help_text="Scopes of the key (apps/accounts/scopes.py); an empty list allows all.")
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    requests_per_minute_by_scope = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text='Requests per minute by scope, {"tts:generate": 10}, in addition to the limit of all requests.',
    )
    concurrent_jobs = models.PositiveIntegerField(null=True, blank=True)
    is_limited_apart = models.BooleanField(
        default=False,
        help_text="On: the key's limits replace those of its account. Off: both apply, so that many keys never allow more than the plan.",
    )
    monthly_cap_millicredits = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Thousandths of a credit that the key may spend in a month (UTC); empty for no cap."
    )
    first_key_id = models.BigIntegerField(
        null=True, blank=True, editable=False, help_text="Key that rotations replaced by this one: both count against one cap."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="End of validity, set by a rotation: the old key is valid until then."
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"

    @property
    def requests_per_minute_limit(self) -> int:
        """Requests per minute that the key may send: its own limit within the plan's, which only limits by an operator replace."""
        return self._within_plan(self.requests_per_minute, plans=self.account.plan.requests_per_minute)

    @property
    def concurrent_jobs_limit(self) -> int:
        """Concurrent jobs that the key may have, by the same rule."""
        return self._within_plan(self.concurrent_jobs, plans=self.account.plan.concurrent_jobs)

    def _within_plan(self, own: int | None, *, plans: int) -> int:
        if own is None:
            return plans
        return own if self.is_limited_apart else min(own, plans)

    @property
    def is_live(self) -> bool:
        """True if the key is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())


class KeySpending(models.Model):
    """Credits that a key and its successors by rotation reserved or spent in a month; written with the ledger's entries (apps/billing)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="key_spending")
    key_id = models.BigIntegerField(help_text="The key, or the first one of its rotations.")
    month = models.DateField(help_text="First day of the month, in UTC.")
    millicredits = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "spending of a key"
        verbose_name_plural = "spending of keys"
        ordering = ["-month", "key_id"]
        constraints = [models.UniqueConstraint(fields=["key_id", "month"], name="one_sum_a_key_and_month")]

    def __str__(self) -> str:
        return f"{self.millicredits / 1000:,.3f} credits of key {self.key_id} in {self.month:%Y-%m}"


class AnonymousUse(models.Model):
    block = models.CharField(max_length=45, help_text="An IPv4 address, or the /64 network of an IPv6 address.")
    day = models.DateField()
    characters = models.PositiveIntegerField(default=0)
    audio_milliseconds = models.PositiveBigIntegerField(default=0, db_default=0, help_text="Milliseconds of recordings.")

    class Meta:
        verbose_name = "use without a key"
        verbose_name_plural = "use without a key"
        ordering = ["-day", "-characters"]
        constraints = [models.UniqueConstraint(fields=["block", "day"], name="one_count_a_block_and_day")]

    def __str__(self) -> str:
        return f"{self.block} on {self.day}"
