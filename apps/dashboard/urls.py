"""The app's pages, relative to `/`."""

from django.urls import URLPattern, URLResolver, include, path

from apps.dashboard.views import batches, conversations, jobs, overview, projects, pronunciations, uploads, usage, voice_changes, voices

JOBS = [
    path("", jobs.job_list, name="jobs"),
    path("rows/", jobs.job_rows_fragment, name="job_rows"),
    path("events/", jobs.job_events, name="job_events"),
    path("<str:uuid>/", jobs.job, name="job"),
    path("<str:uuid>/cancel/", jobs.cancel, name="job_cancel"),
    path("<str:uuid>/repeat/", jobs.repeat, name="job_repeat"),
]
VOICES = [
    path("", voices.voice_list, name="voices"),
    path("new/", voices.new_voice, name="voice_new"),
    path("categories/", voice_changes.add_category, name="voice_category_add"),
    path("categories/delete/", voice_changes.remove_category, name="voice_category_delete"),
    path("<str:voice_id>/", voices.voice, name="voice"),
    path("<str:voice_id>/state/", voices.voice_state, name="voice_state"),
    path("<str:voice_id>/delete/", voice_changes.delete, name="voice_delete"),
    path("<str:voice_id>/favourite/", voice_changes.favourite, name="voice_favourite"),
    path("<str:voice_id>/consent/", voice_changes.give_consent, name="voice_consent"),
    path("<str:voice_id>/consent/revoke/", voice_changes.withdraw_consent, name="voice_consent_revoke"),
    path("<str:voice_id>/samples/<str:sample_id>/", voices.sample, name="voice_sample"),
    path("<str:voice_id>/samples/<str:sample_id>/delete/", voice_changes.delete_sample, name="voice_sample_delete"),
]
PRONUNCIATIONS = [
    path("", pronunciations.dictionary, name="pronunciations"),
    path("export/", pronunciations.export, name="pronunciations_export"),
    path("import/", pronunciations.import_file, name="pronunciations_import"),
    path("<int:pk>/", pronunciations.entry, name="pronunciation"),
    path("<int:pk>/delete/", pronunciations.delete, name="pronunciation_delete"),
]
CONVERSATIONS = [
    path("", conversations.conversation_list, name="conversations"),
    path("<str:conversation_id>/", conversations.conversation, name="conversation"),
    path("<str:conversation_id>/delete/", conversations.delete, name="conversation_delete"),
]
UPLOADS = [
    path("", uploads.upload_list, name="uploads"),
    path("rows/", uploads.upload_rows, name="upload_rows"),
    path("<str:upload_id>/delete/", uploads.delete, name="upload_delete"),
]
BATCHES = [
    path("", batches.batch_list, name="batches"),
    path("<str:batch_id>/", batches.batch, name="batch"),
    path("<str:batch_id>/cancel/", batches.cancel, name="batch_cancel"),
]
PAGES: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="overview"),
    path("usage/", usage.usage, name="usage"),
    path("usage/download/", usage.download, name="usage_download"),
    path("jobs/", include(JOBS)),
    path("voices/", include(VOICES)),
    path("pronunciations/", include(PRONUNCIATIONS)),
    path("conversations/", include(CONVERSATIONS)),
    path("uploads/", include(UPLOADS)),
    path("batches/", include(BATCHES)),
    path("projects/", projects.project_list, name="projects"),
]
app_name = "dashboard"
urlpatterns: list[URLPattern | URLResolver] = [path("dashboard/", include(PAGES))]
