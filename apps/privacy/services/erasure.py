"""Erasure of an account: it is closed at once, then its data is deleted, by steps that may be repeated.

What stays is what bookkeeping demands: the account's row under another name, the ledger, and the rows of jobs and batches without texts,
addresses and results.
"""

import contextlib
import logging
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from apps.accounts.models import Account, AccountStatus, ApiKey, Membership, User
from apps.accounts.services import close_account
from apps.batches.models import Batch
from apps.cache.services.purge import PurgeScope, purge_cache
from apps.core.errors import ApplicationError, ConflictError
from apps.core.models import Notice
from apps.core.platform_tasks import send_platform_task
from apps.core.storage import get_storage
from apps.jobs.models import ACTIVE_STATES, IdempotencyRecord, Job
from apps.jobs.objects import tenant_folder
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.isolation import log_errors_and_continue
from apps.jobs.services.retention import delete_result
from apps.mail.models import MailState, OutgoingMail
from apps.privacy.holdings import owned_models
from apps.privacy.models import Erasure
from apps.privacy.services.notices import DELETION, notify_deletion
from apps.voices.services.removal import remove_account_voices

logger = logging.getLogger(__name__)

CONTINUE_ERASURES = "platform.continue_erasures"
BATCH = 200
LATE_WRITES = timedelta(hours=1)
"""Time after an erasure in which what requests in flight wrote is looked for."""
FORGOTTEN_NAME = "Erased account"


def request_erasure(account: Account, *, requested_by: str, reason: str = "") -> Erasure:
    """Close the account and have its data erased. Its keys are revoked from here on, and its owners get a mail. Idempotent. 409 account_has_staff."""
    if User.objects.filter(memberships__account=account, is_staff=True).exists():
        message = "A member of this account may enter the admin. Remove the member first, so that nobody is locked out."
        raise ConflictError(message, code="account_has_staff")
    with transaction.atomic():
        close_account(account, reason=reason or "erased")
        erasure, is_new = Erasure.objects.get_or_create(
            account=account, defaults={"requested_by": requested_by[:200], "reason": reason[:300]}
        )
        if is_new:
            notify_deletion(account, requested_by=requested_by)
        transaction.on_commit(lambda: send_platform_task(CONTINUE_ERASURES))
    return erasure


def continue_erasures() -> int:
    """Continue what was interrupted or waited for running jobs; returns the number of accounts that are erased now."""
    _reopen_late_writes()
    count = 0
    for erasure in Erasure.objects.filter(finished_at=None).select_related("account"):
        try:
            with log_errors_and_continue(f"erasing account {erasure.account_id}"):
                count += erase_account(erasure)
        except ApplicationError as error:  # the store is away: the next run continues
            logger.warning("erasure of account %s is continued later: %s", erasure.account_id, error.message)
    return count


def _reopen_late_writes() -> None:
    """Erase once more where a request that had begun before the closing wrote after the end: a job, a key, a membership."""
    late = Erasure.objects.filter(finished_at__gt=timezone.now() - LATE_WRITES)
    of_account = {"account": OuterRef("account")}
    jobs = Job.objects.filter(**of_account, result_deleted_at=None)
    late.filter(Exists(jobs) | Exists(ApiKey.objects.filter(**of_account)) | Exists(Membership.objects.filter(**of_account))).update(
        finished_at=None
    )


def erase_account(erasure: Erasure) -> bool:
    """Erase as much as can be erased now; True once everything is. Objects go before rows, so that a failure is repaired by the next run."""
    account = erasure.account
    if _cancel_jobs(account):
        return False  # workers may still write: the next run finds the jobs ended
    for step in settings.TTSAI_ERASURE_STEPS:
        import_string(step)(account)
    remove_account_voices(account.pk)
    purge_cache(PurgeScope(tenant=f"account:{account.pk}"))
    _delete_results(account)
    get_storage().delete_prefix(tenant_folder(f"account:{account.pk}"))
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # rows of requests in flight are there now, or wait until the end of this
        if Job.objects.filter(account=account, state__in=ACTIVE_STATES).exists():
            return False
        _delete_rows(account, requested_by=erasure.requested_by)
        _forget_names(account)
        Erasure.objects.filter(pk=erasure.pk).update(finished_at=timezone.now())
    return True


def _cancel_jobs(account: Account) -> int:
    """Cancel unfinished jobs; returns the number of those that still run."""
    active = Job.objects.filter(account=account, state__in=ACTIVE_STATES)
    for job in active:
        with contextlib.suppress(ConflictError):  # it ended meanwhile
            cancel_job(job, reason="The account was closed.")
    return active.count()


def _delete_results(account: Account) -> None:
    owned = Q(account=account) | Q(rendition_of__source__account=account)
    while jobs := list(Job.objects.filter(owned, result_deleted_at=None)[:BATCH]):
        for job in jobs:
            delete_result(job)


def _delete_rows(account: Account, *, requested_by: str) -> None:
    """Delete every row that goes with the account, of all apps, and blank what is kept."""
    tenant = f"account:{account.pk}"
    leaving = _leaving_people(account, requested_by=requested_by)
    Notice.objects.filter(account_id=account.pk).delete()
    IdempotencyRecord.objects.filter(scope=tenant).delete()
    for owned in owned_models():
        if owned.is_deleted:
            owned.rows(account).delete()
    Job.objects.filter(account=account).update(webhook_url="", public_base="", error_message="", request_id="", result=None)
    Batch.objects.filter(account=account).update(webhook_url="", public_base="", request_id="")
    for user in leaving:
        if not user.is_staff and not user.memberships.exists():
            _delete_person(user)


def _leaving_people(account: Account, *, requested_by: str) -> list[User]:
    """Members whose login goes too: who asked for the deletion, and the only member. Logins of others are theirs, not the account's."""
    members = list(User.objects.filter(memberships__account=account))
    return members if len(members) == 1 else [member for member in members if member.email == requested_by.lower()]


def _delete_person(user: User) -> None:
    """Delete a person with their addresses, second factors and social logins (CASCADE), their sessions, and the mails to them; the notice of the
    deletion is sent all the same.
    """
    for session in UserSession.objects.filter(user=user):
        session.end()
    OutgoingMail.objects.filter(to__iexact=user.email).exclude(kind=DELETION, state=MailState.WAITING).delete()
    user.delete()


def _forget_names(account: Account) -> None:
    account.name, account.status = f"{FORGOTTEN_NAME} {account.pk}", AccountStatus.CLOSED
    account.save(update_fields=["name", "status"])
    ApiKey.objects.filter(account=account).delete()
