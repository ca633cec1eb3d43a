"""Routes relative to the dialect's roots; those of shared paths relative to its home."""

from django.urls import URLPattern, URLResolver, path

from apps.compat.elevenlabs import (
    account_views,
    dialogue_views,
    history_views,
    sound_views,
    speech_views,
    transcript_views,
    voice_cloning_views,
    voice_views,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/text-to-speech/<str:voice_id>/", speech_views.ConvertView.as_view()),
    path("v1/text-to-speech/<str:voice_id>/stream/", speech_views.StreamView.as_view()),
    path("v1/text-to-speech/<str:voice_id>/with-timestamps/", speech_views.TimestampsView.as_view()),
    path("v1/text-to-speech/<str:voice_id>/stream/with-timestamps/", speech_views.StreamTimestampsView.as_view()),
    path("v1/text-to-dialogue/", dialogue_views.DialogueConvertView.as_view()),
    path("v1/text-to-dialogue/stream/", dialogue_views.DialogueStreamView.as_view()),
    path("v1/text-to-dialogue/with-timestamps/", dialogue_views.DialogueTimestampsView.as_view()),
    path("v1/text-to-dialogue/stream/with-timestamps/", dialogue_views.DialogueStreamTimestampsView.as_view()),
    path("v1/speech-to-text/", transcript_views.SpeechToTextView.as_view()),
    path("v1/speech-to-text/transcripts/<str:transcription_id>/", transcript_views.TranscriptView.as_view()),
    path("v1/voice-changer/<str:voice_id>/", sound_views.VoiceChangeView.as_view()),
    path("v1/voice-changer/<str:voice_id>/stream/", sound_views.VoiceChangeStreamView.as_view()),
    path("v1/speech-to-speech/<str:voice_id>/", sound_views.SharedVoiceChangeView.as_view()),
    path("v1/speech-to-speech/<str:voice_id>/stream/", sound_views.SharedVoiceChangeStreamView.as_view()),
    path("v1/audio-isolation/", sound_views.IsolationView.as_view()),
    path("v1/audio-isolation/stream/", sound_views.IsolationStreamView.as_view()),
    path("v1/models/", account_views.ModelListView.as_view()),
    path("v1/user/", account_views.UserView.as_view()),
    path("v1/user/subscription/", account_views.SubscriptionView.as_view()),
    path("v1/history/", history_views.HistoryView.as_view()),
    path("v1/history/download/", history_views.HistoryDownloadView.as_view()),
    path("v1/history/<str:item_id>/", history_views.HistoryItemView.as_view()),
    path("v1/history/<str:item_id>/audio/", history_views.HistoryAudioView.as_view()),
    path("v2/voices/", voice_views.VoiceSearchView.as_view()),
    path("v1/voices/", voice_views.VoiceListView.as_view()),
    path("v1/voices/add/", voice_cloning_views.VoiceAddView.as_view()),
    path("v1/voices/settings/default/", voice_views.DefaultSettingsView.as_view()),
    path("v1/voices/<str:voice_id>/", voice_views.VoiceView.as_view()),
    path("v1/voices/<str:voice_id>/edit/", voice_cloning_views.VoiceEditView.as_view()),
    path("v1/voices/<str:voice_id>/settings/", voice_views.VoiceSettingsView.as_view()),
    path("v1/voices/<str:voice_id>/settings/edit/", voice_views.VoiceSettingsEditView.as_view()),
]
