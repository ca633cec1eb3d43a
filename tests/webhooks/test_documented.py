"""The schema documents every event with its body."""

import pytest

from apps.core.schema import schema
from apps.webhooks.events import EVENTS, EXAMPLES


@pytest.fixture(scope="module")
def reported() -> dict[str, object]:
    return schema()


def test_every_event_is_a_webhook_of_the_schema(reported: dict[str, object]) -> None:
    assert set(reported["webhooks"]) == set(EVENTS)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_s_body_has_its_type_its_time_and_its_data(reported: dict, event: str) -> None:
    operation = reported["webhooks"][event]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    shapes = reported["components"]["schemas"]
    shape = shapes[content["schema"]["$ref"].rpartition("/")[2]]
    assert list(shape["properties"]) == ["type", "timestamp", "data"]
    assert shape["properties"]["type"]["enum"] == [event]
    data = shapes[shape["properties"]["data"]["$ref"].rpartition("/")[2]]
    assert set(EXAMPLES[event]) <= set(data["properties"])
    assert set(data["required"]) <= set(EXAMPLES[event])
    (example,) = content["examples"].values()
    assert (example["value"]["type"], example["value"]["data"]) == (event, EXAMPLES[event])
