"""docs/webhooks.md is correct: its example runs, its events and numbers are those of the code."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from apps.webhooks.events import EVENTS
from apps.webhooks.models import Delivery, new_secret
from apps.webhooks.services.endpoints import MOST_ENDPOINTS
from apps.webhooks.services.outbox import MAXIMUM_BODY_BYTES
from apps.webhooks.services.retention import KEPT
from apps.webhooks.services.sending import ANSWER_SECONDS, CLAIM_SECONDS, DISABLE_AFTER, PAUSES_SECONDS, signed_headers
from workers.contract.time_units import DAY_SECONDS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text()


@pytest.fixture
def handle() -> Any:
    """Function of the example, with our secret."""
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - our own documentation
    names["SECRET"] = new_secret()
    return names


def signed(names: dict[str, Any], *, at: datetime) -> tuple[bytes, dict[str, str]]:
    delivery = Delivery(body='{"type":"job.completed","data":{"uuid":"1","result_url":"https://example.com/output.mp3"}}')
    return delivery.body.encode(), signed_headers(delivery, secrets=[names["SECRET"]], at=at)


def test_the_example_takes_what_we_sign(handle: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    body, headers = signed(handle, at=datetime.now(UTC))
    assert handle["handle"](body, headers) == 204
    assert capsys.readouterr().out == "1 https://example.com/output.mp3\n"


def test_the_example_refuses_what_is_forged_or_old(handle: dict[str, Any]) -> None:
    body, headers = signed(handle, at=datetime.now(UTC))
    assert handle["handle"](body + b" ", headers) == 400
    assert handle["handle"](body, {**headers, "webhook-id": "msg_other"}) == 400
    assert handle["handle"](*signed(handle, at=datetime(2026, 1, 1, tzinfo=UTC))) == 400


def test_every_event_stands_in_the_table() -> None:
    assert re.findall(r"^\| `([\w.]+)` \|", TEXT, re.MULTILINE) == list(EVENTS)


def test_the_numbers_are_those_of_the_code() -> None:
    assert (ANSWER_SECONDS, len(PAUSES_SECONDS) + 1, DISABLE_AFTER.days, KEPT.days) == (10, 10, 3, 30)
    assert (MOST_ENDPOINTS, MAXIMUM_BODY_BYTES, CLAIM_SECONDS, DAY_SECONDS) == (20, 256 * 1024, 25, 86_400)
    assert PAUSES_SECONDS == (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
