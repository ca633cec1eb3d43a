"""Messages of workers about themselves, and their effect on the parts that they hold."""

import logging

from apps.catalog.services import announce_worker, record_heartbeat
from apps.core.ids import find_uuid
from apps.core.storage import StorageAwayError
from apps.jobs.dispatch import dispatch_soon
from apps.jobs.models import IN_FLIGHT_STATES, Part
from apps.jobs.services.attempts import renew_leases
from apps.jobs.services.finish import finish_part
from apps.jobs.services.isolation import log_errors_and_continue
from apps.jobs.services.recover import recover_from_other_boots, recover_from_stopped
from workers.contract.messages import Announcement, Heartbeat, PartOutcome

logger = logging.getLogger(__name__)


def handle_announcement(announcement: Announcement) -> None:
    """Handle an announcement: parts of an earlier boot are recovered, waiting parts may be dispatched."""
    presence = announce_worker(announcement)
    if presence.is_new_boot:
        recover_from_other_boots(announcement.worker, boot=announcement.boot, died_computing=announcement.died_computing)
    if presence.is_current:
        for slots in announcement.queues:
            dispatch_soon(slots.queue)


def handle_heartbeat(heartbeat: Heartbeat) -> None:
    """Handle a heartbeat: renew the leases of parts in flight, and apply finish messages that were lost."""
    presence = record_heartbeat(heartbeat)
    if presence.is_current:
        renew_leases(heartbeat.in_flight, worker=heartbeat.worker, boot=heartbeat.boot)
    _apply_outcomes(heartbeat.finished)
    if presence.is_new_boot:
        recover_from_other_boots(heartbeat.worker, boot=heartbeat.boot, died_computing=heartbeat.died_computing)
    if presence.is_current and heartbeat.is_stopping:
        held = [held.token for held in heartbeat.in_flight] + [outcome.token for outcome in heartbeat.finished]
        recover_from_stopped(heartbeat.worker, boot=heartbeat.boot, held=held)


def _apply_outcomes(finished: tuple[PartOutcome, ...]) -> None:
    """Apply repeated outcomes; most were applied before."""
    tokens = [token for outcome in finished if (token := find_uuid(str(outcome.token))) is not None]
    if not tokens:
        return
    unsettled = {
        token.hex for token in Part.objects.filter(token__in=tokens, state__in=IN_FLIGHT_STATES).values_list("token", flat=True) if token
    }
    for outcome in finished:
        token = find_uuid(str(outcome.token))
        if token is None or token.hex not in unsettled:
            continue
        try:
            with log_errors_and_continue(f"outcome of part {outcome.part} of job {outcome.job}"):
                finish_part(outcome)
        except StorageAwayError as error:
            logger.warning("outcome of part %s of job %s waits for the store: %s", outcome.part, outcome.job, error.message)
