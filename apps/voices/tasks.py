"""Celery tasks of voices."""

from celery import shared_task

from apps.voices.services.removal import remove_unused_embeds


@shared_task(name="platform.sweep_voices", ignore_result=True)
def sweep_voices() -> None:
    """Every ten minutes: delete unused embeds, and recordings and files without a voice."""
    remove_unused_embeds()
