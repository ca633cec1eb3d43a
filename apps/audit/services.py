"""Writes of the audit log."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.http import HttpRequest

from apps.audit.models import AuditEntry, Outcome
from apps.core.addresses import client_address

HIDDEN_FIELDS: Final = frozenset({"password", "digest", "secret", "previous_secret", "embedding", "token"})
"""Fields whose values the log does not hold."""
HIDDEN: Final = "(hidden)"
TEXT_LIMIT: Final = 500
_ENCODER: Final = DjangoJSONEncoder()

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Action of an operator on an object, or on none."""

    name: str
    obj: Model | None = None
    message: str = ""
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    outcome: Outcome = Outcome.DONE


def record_action(request: HttpRequest, action: Action) -> AuditEntry:
    """Append an action of the request's user to the log."""
    return _append(
        action,
        actor=str(request.user),
        actor_id=request.user.pk,
        address=client_address(request)[:45],
        request_id=getattr(request, "request_id", ""),
    )


def record_command(actor: str, action: Action) -> AuditEntry:
    """Append an action of a command to the log; apps/audit/commands.py names the actor."""
    return _append(action, actor=actor)


def _append(action: Action, *, actor: str, **origin: Any) -> AuditEntry:
    obj = action.obj
    return AuditEntry.objects.create(
        actor=actor[:200],
        action=action.name[:100],
        outcome=action.outcome,
        object_type="" if obj is None else obj._meta.label_lower,  # noqa: SLF001 - Django's documented API
        object_id="" if obj is None else str(obj.pk)[:200],
        object_name="" if obj is None else str(obj)[:300],
        account_id=account_id_of(obj),
        message=action.message,
        before=action.before,
        after=action.after,
        **origin,
    )


def account_id_of(obj: Model | None) -> int | None:
    """Number of the account that an object is, or belongs to."""
    if obj is None:
        return None
    own = obj.pk if obj._meta.label_lower == "accounts.account" else getattr(obj, "account_id", None)  # noqa: SLF001
    return own if isinstance(own, int) else None


def snapshot(obj: Model) -> Values:
    """Values of a row's own columns as the log holds them."""
    fields = obj._meta.concrete_fields  # noqa: SLF001
    loaded = [one for one in fields if one.attname in obj.__dict__]
    return {one.attname: HIDDEN if one.name in HIDDEN_FIELDS else plain(one.value_from_object(obj)) for one in loaded}


def differences(before: Values, after: Values) -> tuple[Values, Values]:
    """The values that differ, before and after."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before[name] for name in names if name in before}, {name: after[name] for name in names if name in after}


def plain(value: Any) -> Any:
    """The value as JSON, with long texts cut."""
    if isinstance(value, str):
        return value if len(value) <= TEXT_LIMIT else f"{value[:TEXT_LIMIT]}…"
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | dict):
        text = _ENCODER.encode(value)
        return value if len(text) <= TEXT_LIMIT else f"{text[:TEXT_LIMIT]}…"
    try:
        return _ENCODER.default(value)
    except TypeError:
        return str(value)[:TEXT_LIMIT]
