"""Rows and objects that belong to an account, found by the foreign keys to it, so that a new app's rows are neither forgotten in an export nor in
an erasure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.apps import apps
from django.db import models

from apps.accounts.models import Account, Membership, User
from apps.jobs.models import Job
from apps.uploads.models import Upload
from apps.voices.models import Enrolment, Sample

KEPT_MODELS: Final = frozenset(
    {"billing.Balance", "billing.LedgerEntry", "jobs.Job", "batches.Batch", "privacy.Erasure"}
    | {"payments.Customer", "payments.Subscription", "payments.Payment", "payments.CreditDebt", "payments.TopUp"}
)
"""Models whose rows stay when an account is erased: the ledger and what it refers to, without texts, payments, and the erasure itself."""
SECRET_FIELDS: Final = frozenset(
    {"digest", "secret", "previous_secret", "password", "mfa.Authenticator.data", "usersessions.UserSession.session_key"}
)
"""Fields that an export leaves out, of every model or of one: whoever reads it must not be able to act for the account."""
DETAILS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "batches.BatchItem": "batch__account",
        "conversations.Turn": "conversation__account",
        "projects.Line": "composition__account",
        "voices.Consent": "enrolment__account",
        "voices.Sample": "enrolment__account",
    }
)
"""Models that belong to an account through another row of it, with the lookup; they go with that row."""
OF_PERSON: Final[Mapping[str, str]] = MappingProxyType(
    {
        "account.EmailAddress": "user",
        "accounts.User": "pk",
        "mfa.Authenticator": "user",
        "socialaccount.SocialAccount": "user",
        "usersessions.UserSession": "user",
    }
)
"""Models about a person, with the lookup. An export holds those of the person who asks for it, never those of other members."""
MEMBERS: Final = "accounts.Membership"
"""Exported as `members_of` shows it."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Object of an account, and its name in an export."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class OwnedModel:
    """Model whose rows belong to accounts."""

    model: type[models.Model]
    path: str
    """Lookup from a row to its account."""
    is_deleted: bool = False
    """True if its rows are deleted with the account."""

    @property
    def label(self) -> str:
        """`voices.Voice`."""
        return self.model._meta.label  # noqa: SLF001 - Django's documented API

    def rows(self, account: Account) -> models.QuerySet[Any]:
        return self.model._default_manager.filter(**{self.path: account})  # noqa: SLF001


def owned_models() -> list[OwnedModel]:
    """Models with a foreign key to the account, in the order of their names."""
    found = []
    for relation in Account._meta.related_objects:  # noqa: SLF001 - Django's documented API
        model, field = relation.related_model, relation.field
        if isinstance(field, models.ForeignKey) and isinstance(model, type):
            found.append(OwnedModel(model, field.name, is_deleted=field.remote_field.on_delete is models.CASCADE))
    return sorted(found, key=lambda one: one.label)


def exported_models() -> list[OwnedModel]:
    """Models whose rows an export holds: those with a key to the account but the members, and the details of theirs."""
    owned = [one for one in owned_models() if one.label != MEMBERS]
    return [*owned, *(OwnedModel(apps.get_model(label), path) for label, path in DETAILS.items())]


def rows_of_person(person: User) -> Iterator[tuple[str, models.QuerySet[Any]]]:
    """Labels and rows of what is stored about a person beside their accounts."""
    for label, path in OF_PERSON.items():
        yield label, apps.get_model(label)._default_manager.filter(**{path: person.pk})  # noqa: SLF001


def members_of(account: Account) -> Iterator[dict[str, Any]]:
    """Members as an export shows them: address, role and date of joining."""
    for member in Membership.objects.filter(account=account).select_related("user").order_by("pk").iterator():
        yield {"email": member.user.email, "role": member.role, "joined_at": member.created_at}


def fields_of(row: models.Model) -> dict[str, Any]:
    """Values of a row without secrets."""
    columns, label = row._meta.concrete_fields, row._meta.label  # noqa: SLF001
    shown = [field for field in columns if not {field.name, f"{label}.{field.name}"} & SECRET_FIELDS]
    return {field.attname: field.value_from_object(row) for field in shown}


def files_of(account: Account, *, without_kinds: Sequence[str] = ()) -> Iterator[StoredFile]:
    """Objects of the account in the store: recordings and files of voices, results of jobs but of the kinds left out, uploads."""
    for sample in Sample.objects.filter(enrolment__account=account).exclude(key="").select_related("enrolment").iterator():
        yield StoredFile(f"voices/{sample.enrolment.uuid.hex}/samples/{sample.sha256}", sample.key)
    for enrolment in Enrolment.objects.filter(account=account).iterator():
        demo = (enrolment.demo or {}).get("key", "")
        for key in filter(None, (enrolment.conditioning_key, demo)):
            yield StoredFile(f"voices/{enrolment.uuid.hex}/{key.rpartition('/')[2]}", key)
    jobs = Job.objects.filter(account=account, result_deleted_at=None).exclude(result=None).exclude(kind__in=without_kinds)
    for job in jobs.order_by("pk").iterator():
        for output in job.outputs:
            yield StoredFile(f"results/{job.uuid.hex}/{output.file_name}", output.key)
    for upload in Upload.objects.filter(account=account, deleted_at=None).exclude(key="").iterator():
        yield StoredFile(f"uploads/{upload.uuid.hex}", upload.key)
