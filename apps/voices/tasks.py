"""Celery tasks of voices."""

from celery import shared_task

from apps.voices.services.removal import remove_unused_embeds
from apps.voices.services.takedowns import delete_voices_after_appeal


@shared_task(name="platform.sweep_voices", ignore_result=True)
def sweep_voices() -> None:
    """Every ten minutes: delete unused embeds, and recordings and files without a voice."""
    remove_unused_embeds()


@shared_task(name="platform.delete_taken_down_voices", ignore_result=True)
def delete_taken_down_voices() -> None:
    """Every hour: delete voices whose takedown was not lifted within the appeal period."""
    delete_voices_after_appeal()
