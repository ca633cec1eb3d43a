"""The Django app jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs and their parts: submit, dispatch, lease, finish, cancel, reap."""

    name = "apps.jobs"
    label = "jobs"
