"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.conversations.views import ConversationView, VoiceChatView

urlpatterns: list[URLPattern | URLResolver] = [
    path("voice-chat/", VoiceChatView.as_view()),
    path("voice-chat/<str:conversation_id>/", ConversationView.as_view()),
]
