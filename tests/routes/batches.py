"""Rows of apps/batches/urls.py."""

from apps.accounts.models import Account
from apps.batches.models import Batch
from tests.batches.making import batch_of
from tests.factories_jobs import caller
from tests.routes.table import Owned, row


def made(account: Account) -> Batch:
    return batch_of(caller(account), {"text": "Hello."})


def a_batch_to_poll(account: Account) -> Owned:
    return Owned(query={"batch_id": made(account).uuid.hex})


def a_batch(account: Account) -> Owned:
    return Owned(path={"batch_id": made(account).uuid.hex})


ROWS = [
    row("tts/batch/", "POST", scope="tts:generate", owns=None, body={"texts": [{"text": "Hello."}]}),
    row("tts/batch/result/", "GET", scope="tts:generate", owns=a_batch_to_poll),
    row("tts/batch/<batch_id>/cancel/", "POST", scope="jobs:write", owns=a_batch),
]
