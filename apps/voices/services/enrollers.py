"""Choice of the model that enrols voices for another one."""

from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import list_models
from apps.core import retry_after
from apps.core.errors import InvalidRequestError, UnavailableError


def find_enroller(engine: EngineRow) -> EngineRow:
    """Model that enrols voices for this one. 400 model_cannot_clone, 503 model_unavailable."""
    family = {engine.id, engine.spec.base_engine} - {""}
    enrolling = [one for one in list_models() if one.kind == "enrol"]
    if not engine.spec.takes_recordings:  # those need the check of the recordings alone
        enrolling = [one for one in enrolling if one.spec.base_engine in family or _base_of(one.id) in family]
    if not enrolling:
        raise InvalidRequestError(f"Voices for {engine.id!r} cannot be enrolled here.", code="model_cannot_clone", param="model")
    available = next((one for one in enrolling if one.was_seen_lately), None)
    if available is None:
        raise UnavailableError(
            "No worker enrols voices at the moment.", code="model_unavailable", headers={"Retry-After": retry_after.MODEL_UNAVAILABLE}
        )
    return available


def _base_of(enroller_id: str) -> str:
    """`kokoro` of kokoro-enrol."""
    return enroller_id.removesuffix("-enrol")
