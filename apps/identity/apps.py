"""Django app configuration of identity."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "apps.identity"
    label = "identity"

    def ready(self) -> None:
        """Listen to django-allauth, which has no other hook for an added factor."""
        from allauth.mfa.signals import authenticator_added

        from apps.identity.second_factor import note_added_factor

        authenticator_added.connect(note_added_factor)
