"""Plans the items of a request as jobs; an item that cannot be planned is a refusal with its reason."""

from dataclasses import dataclass, replace
from typing import Any

from rest_framework.exceptions import ValidationError

from apps.accounts.callers import Caller
from apps.batches.serializers import BatchItemRequestSerializer
from apps.cache.tickets import CacheUse
from apps.catalog.selectors import find_model_id
from apps.core.errors import ApplicationError
from apps.core.exception_handler import invalid_fields
from apps.core.fields import validated
from apps.jobs.models import Lane
from apps.jobs.services.submit import JobPlan, Refusal
from apps.speech.orders import order_of
from apps.speech.serializers import DEFAULT_MODEL
from apps.speech.services import plan_speech

SHAPE = BatchItemRequestSerializer()


@dataclass(frozen=True, slots=True)
class PlannedItem:
    outcome: JobPlan | Refusal
    engine_id: str = ""
    """Id of the model; empty if a refused item names no known model."""
    warnings: tuple[str, ...] = ()


def plan_item(caller: Caller, text: dict[str, Any], *, cache: CacheUse = CacheUse.NORMAL) -> PlannedItem:
    """Plan the item as POST /v1/tts/ would, in the lane `bulk`, without reserving or writing."""
    engine_id = find_model_id(text.get("model", DEFAULT_MODEL))
    try:
        order = order_of(validated(SHAPE, text), cache=cache)
        plan = plan_speech(caller, order=order)
        return PlannedItem(replace(plan, lane=Lane.BULK), engine_id=plan.engine_id, warnings=plan.warnings)
    except ValidationError as error:
        return PlannedItem(refusal_of(invalid_fields(error)), engine_id=engine_id)
    except ApplicationError as error:
        return PlannedItem(refusal_of(error), engine_id=engine_id)


def refusal_of(error: ApplicationError) -> Refusal:
    return Refusal(code=error.code, message=error.message)
