"""Speech, chunks of text, designed voices and projects, relative to `/api/`."""

from django.urls import URLPattern, URLResolver, path

from apps.compat.clonyvoice.chunk_views import ChunkedView, MergeView, MultiLanguageView, MultiVoiceView, RedoView, SplitView
from apps.compat.clonyvoice.design_views import DesignCreateView, DesignSpeechView
from apps.compat.clonyvoice.generation_views import CancelView, CloneSpeechView, GenerationView, PresetSpeechView
from apps.compat.clonyvoice.project_views import ProjectListView, ProjectView, RenderView, TimelineView

urlpatterns: list[URLPattern | URLResolver] = [
    path("text/split/", SplitView.as_view()),
    path("generate/clone/", CloneSpeechView.as_view()),
    path("generate/preset/", PresetSpeechView.as_view()),
    path("generate/design/", DesignSpeechView.as_view()),
    path("generate/clone-chunked/", ChunkedView.as_view()),
    path("generate/clone-chunked-multivoice/", MultiVoiceView.as_view()),
    path("generate/clone-chunked-multilang/", MultiLanguageView.as_view()),
    path("generate/regenerate-chunk/", RedoView.as_view()),
    path("generate/merge-chunks/", MergeView.as_view()),
    path("design/create/", DesignCreateView.as_view()),
    path("generation/cancel/", CancelView.as_view()),
    path("generation/<str:generation_id>/", GenerationView.as_view()),
    path("projects/", ProjectListView.as_view()),
    path("projects/<str:project_id>/", ProjectView.as_view()),
    path("projects/<str:project_id>/render/", RenderView.as_view()),
    path("projects/<str:project_id>/timeline/", TimelineView.as_view()),
]
