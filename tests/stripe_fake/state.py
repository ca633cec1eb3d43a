"""Objects of the fake: their ids, their clock, the events of their changes."""

import copy
import itertools
import json
import random
import secrets
import threading
import time
from typing import Any

from tests.stripe_fake.params import RefusedError

API_VERSION = "2026-10-28.endive"
DAY = 86_400


class State:
    """Objects by kind and id, and the events that their changes made."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._run = secrets.token_hex(3)
        self.reset()

    def reset(self) -> None:
        """Forget everything; new objects still get ids that no earlier one had."""
        self.objects: dict[str, dict[str, dict[str, Any]]] = {}
        self.events: list[dict[str, Any]] = []
        self.sent = 0
        self.now = int(time.time())

    def new(self, kind: str, prefix: str, **values: Any) -> dict[str, Any]:
        """A new object of the kind; ids differ between fakes."""
        found = {"id": f"{prefix}_{self._run}{next(self._numbers):04d}", "object": kind, "created": self.now, "livemode": False, **values}
        self.objects.setdefault(kind, {})[found["id"]] = found
        return found

    def all(self, kind: str, **wanted: Any) -> list[dict[str, Any]]:
        """Objects with these values, newest first, as Stripe lists them."""
        found = list(self.objects.get(kind, {}).values())
        return [one for one in reversed(found) if all(one.get(key) == value for key, value in wanted.items())]

    def get(self, kind: str, object_id: str) -> dict[str, Any]:
        found = self.objects.get(kind, {}).get(object_id)
        if found is None or (kind == "customer" and found.get("deleted")):
            raise RefusedError(f"No such {kind}: '{object_id}'", status=404, code="resource_missing", param="id")
        return found

    def emit(self, kind: str, found: dict[str, Any]) -> dict[str, Any]:
        """Record an event with the object as it is now."""
        event = {
            "id": f"evt_{self._run}{next(self._numbers):04d}",
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
            "data": {"object": copy.deepcopy(found)},
        }
        self.events.append(event)
        return event

    def unsent(self, *, shuffled_by: int | None = None, repeated: int = 1) -> list[dict[str, Any]]:
        """Events that were not taken yet; in another order and repeated, as Stripe may send them."""
        events = self.events[self.sent :] * repeated
        self.sent = len(self.events)
        if shuffled_by is not None:
            random.Random(shuffled_by).shuffle(events)
        return events


def sign(body: str, secret: str, *, at: int | None = None) -> str:
    """The header Stripe-Signature, as the package computes it."""
    from stripe import WebhookSignature

    return WebhookSignature.generate_signature_header(body, secret, at)


def encoded(event: dict[str, Any]) -> str:
    return json.dumps(event, indent=2)
