"""Incidents by the operator."""

from apps.status.models import Incident, Phase
from apps.status.services.kept_status import forget_shown


def apply_updates(incident: Incident) -> None:
    """End an incident by its update `resolved`, and open it again without one. A maintenance ends as planned."""
    if not incident.is_maintenance:
        resolved = incident.updates.filter(phase=Phase.RESOLVED).order_by("-at").first()
        incident.ends_at = max(resolved.at, incident.starts_at) if resolved is not None else None
        incident.save(update_fields=["ends_at"])
    forget_shown()
