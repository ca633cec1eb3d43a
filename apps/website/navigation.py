"""Menus of the product's pages. An entry whose page no app has is left out."""

from dataclasses import dataclass
from typing import Final

from django.urls import Resolver404, resolve


@dataclass(frozen=True, slots=True)
class Entry:
    """Link of a menu."""

    title: str
    path: str
    icon: str = ""
    """Name in `website/icons.svg`."""
    permission: str = ""
    """Permission of the member that it needs (apps/teams), empty for none."""

    @property
    def exists(self) -> bool:
        """True if a page of this installation has the path."""
        try:
            resolve(self.path)
        except Resolver404:
            return False
        return True


TOOLS: Final = (
    Entry("Text to speech", "/", "audio-lines"),
    Entry("Speech to text", "/speech-to-text/", "captions"),
    Entry("Speech translation", "/speech-translation/", "languages"),
    Entry("Voice cloning", "/voice-cloning/", "mic"),
    Entry("Voice changer", "/voice-changer/", "replace"),
    Entry("Voice chat", "/voice-chat/", "messages-square"),
    Entry("Stem splitter", "/stem-splitter/", "split"),
    Entry("Audio enhancer", "/audio-enhancer/", "sparkles"),
    Entry("Dereverb", "/dereverb/", "waves"),
    Entry("Key and BPM finder", "/key-bpm-finder/", "music"),
    Entry("Audio converter", "/audio-converter/", "file-audio"),
)
HEADER: Final = (
    Entry("Voices", "/voice-library/"),
    Entry("Pricing", "/pricing/"),
    Entry("Docs", "/docs/"),
)
FOOTER: Final = (
    Entry("API reference", "/docs/reference/"),
    Entry("Status", "/status/"),
    Entry("Report a voice", "/report/"),
)
DASHBOARD: Final = (
    (
        "",
        (
            Entry("Overview", "/dashboard/", "layout-dashboard"),
            Entry("Usage", "/dashboard/usage/", "chart-column"),
            Entry("Jobs", "/dashboard/jobs/", "list-music"),
            Entry("Batches", "/dashboard/batches/", "layers"),
        ),
    ),
    (
        "Library",
        (
            Entry("Voices", "/dashboard/voices/", "mic"),
            Entry("Pronunciations", "/dashboard/pronunciations/", "book-a"),
            Entry("Conversations", "/dashboard/conversations/", "messages-square"),
            Entry("Projects", "/dashboard/projects/", "folder-open"),
            Entry("Uploads", "/dashboard/uploads/", "upload"),
        ),
    ),
    (
        "Developers",
        (
            Entry("API keys", "/dashboard/keys/", "key-round"),
            Entry("Webhooks", "/dashboard/webhooks/", "webhook"),
            Entry("Docs", "/docs/", "book-open"),
        ),
    ),
    (
        "Account",
        (
            Entry("Billing", "/dashboard/billing/", "credit-card"),
            Entry("Team", "/dashboard/team/", "users"),
            Entry("Settings", "/dashboard/settings/", "settings"),
        ),
    ),
)
"""Headings of the dashboard's sidebar, each with its entries."""


def existing(entries: tuple[Entry, ...]) -> list[Entry]:
    """The entries that lead to a page."""
    return [entry for entry in entries if entry.exists]
