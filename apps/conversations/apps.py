"""The Django app conversations."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Voice chat."""

    name = "apps.conversations"
    label = "conversations"
