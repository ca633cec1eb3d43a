"""Celery tasks of the app."""

from celery import shared_task

from apps.teams.services import forget_invitations


@shared_task(name="platform.forget_invitations", ignore_result=True)
def forget_old_invitations() -> None:
    forget_invitations()
