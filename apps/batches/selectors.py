"""Read operations on batches, scoped to the account that sent them."""

from django.db.models import QuerySet

from apps.accounts.callers import Caller
from apps.batches.models import Batch, BatchItem
from apps.core.errors import GoneError, InvalidRequestError, NotFoundError
from apps.core.ids import find_uuid
from apps.jobs.models import ACTIVE_STATES, Job


def get_own_result(caller: Caller, *, batch_id: str) -> Batch:
    """A batch of the caller's account whose results are kept. 400 for a malformed id, 404 for any other batch, 410 once its results are gone."""
    if find_uuid(batch_id) is None:
        raise InvalidRequestError(
            "batch_id must be the 32 hex digits (or the dashed form) of a batch.", code="invalid_uuid", param="batch_id"
        )
    batch = get_own_batch(caller, batch_id=batch_id)
    if batch.items_deleted_at is not None:
        raise GoneError("The results of this batch have expired and were deleted.", param="batch_id")
    return batch


def get_own_batch(caller: Caller, *, batch_id: str) -> Batch:
    """A batch of the caller's account. 404 for any other, whether it exists or not."""
    uuid = find_uuid(batch_id)
    batch = Batch.objects.filter(uuid=uuid, account_id=caller.required_account.pk).first() if uuid is not None else None
    if batch is None:
        raise NotFoundError("There is no batch with this id in your account.", param="batch_id")
    return batch


def list_own_batches(caller: Caller) -> QuerySet[Batch]:
    """The account's batches, newest first."""
    return Batch.objects.filter(account_id=caller.required_account.pk).order_by("-created_at", "uuid")


def list_items(batch: Batch) -> list[BatchItem]:
    """Items in order, with their jobs."""
    return list(BatchItem.objects.filter(batch=batch).select_related("job").order_by("index"))


def list_active_jobs(batch: Batch) -> list[Job]:
    """Waiting and running jobs of the batch, the last first."""
    return list(Job.objects.filter(batch_item__batch=batch, state__in=ACTIVE_STATES).order_by("-batch_item__index"))
