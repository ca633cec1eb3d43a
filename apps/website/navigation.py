"""Menus of the product's pages. An entry whose page no app has is left out."""

from dataclasses import dataclass
from typing import Final

from django.urls import Resolver404, resolve

from apps.accounts.models import Role
from apps.accounts.roles import PERMISSIONS, Permission
from apps.website.service_titles import SERVICES


@dataclass(frozen=True, slots=True)
class Entry:
    """Link of a menu."""

    title: str
    path: str
    icon: str = ""
    """Name in `website/icons.svg`."""
    permission: Permission | None = None
    """Permission of the member that the page needs."""

    @property
    def exists(self) -> bool:
        """True if a page of this installation has the path."""
        try:
            resolve(self.path)
        except Resolver404:
            return False
        return True


def _tool(service: str) -> Entry:
    offered = SERVICES[service]
    return Entry(offered.title, offered.tool, offered.icon)


TOOLS: Final = tuple(
    map(
        _tool,
        (
            "speech",
            "transcription",
            "speech-translation",
            "enrol_voice",
            "voice-convert",
            "voice-chat",
            "audio-separate",
            "audio-enhance",
            "audio-dereverb",
            "audio-analyze",
            "audio-convert",
        ),
    )
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
            Entry("Overview", "/dashboard/", "layout-dashboard", Permission.READ_USAGE),
            Entry("Usage", "/dashboard/usage/", "chart-column", Permission.READ_USAGE),
            Entry("Jobs", "/dashboard/jobs/", "list-music", Permission.READ),
            Entry("Batches", "/dashboard/batches/", "layers", Permission.READ),
        ),
    ),
    (
        "Library",
        (
            Entry("Voices", "/dashboard/voices/", "mic", Permission.READ),
            Entry("Pronunciations", "/dashboard/pronunciations/", "book-a", Permission.READ),
            Entry("Conversations", "/dashboard/conversations/", "messages-square", Permission.READ),
            Entry("Projects", "/dashboard/projects/", "folder-open", Permission.READ),
            Entry("Uploads", "/dashboard/uploads/", "upload", Permission.READ),
        ),
    ),
    (
        "Developers",
        (
            Entry("API keys", "/dashboard/keys/", "key-round", Permission.READ),
            Entry("Webhooks", "/dashboard/webhooks/", "webhook", Permission.READ),
            Entry("Docs", "/docs/", "book-open"),
        ),
    ),
    (
        "Account",
        (
            Entry("Billing", "/dashboard/billing/", "credit-card", Permission.MONEY),
            Entry("Team", "/dashboard/team/", "users", Permission.READ_TEAM),
            Entry("Settings", "/dashboard/settings/", "settings", Permission.READ),
        ),
    ),
)
"""Headings of the dashboard's sidebar, each with its entries."""


def existing(entries: tuple[Entry, ...]) -> list[Entry]:
    """The entries that lead to a page."""
    return [entry for entry in entries if entry.exists]


def dashboard_menu(role: str | None, *, is_suspended: bool = False) -> list[tuple[str, list[Entry]]]:
    """Headings and entries of the pages that members with the role may open; of nobody's role, those that need none. A suspended account has
    the billing page alone.
    """
    allowed = permissions_of(role) & {Permission.MONEY} if is_suspended else permissions_of(role)
    groups = (
        (heading, existing(tuple(entry for entry in entries if entry.permission is None or entry.permission in allowed)))
        for heading, entries in DASHBOARD
    )
    return [(heading, entries) for heading, entries in groups if entries]


def permissions_of(role: str | None) -> frozenset[Permission]:
    """Permissions of a member's role; none of nobody."""
    return frozenset() if role is None else PERMISSIONS[Role(role)]
