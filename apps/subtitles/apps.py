"""The Django app subtitles."""

from django.apps import AppConfig


class SubtitlesConfig(AppConfig):
    """Subtitles."""

    name = "apps.subtitles"
    label = "subtitles"
