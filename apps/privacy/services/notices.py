"""Notice to the person who asked for an export."""

from django.conf import settings

from apps.mail.services import MailContent, write_mail
from apps.privacy.models import Export

SETTINGS_PATH = "/dashboard/settings/"


def notify_export_ready(export: Export) -> None:
    """Write the mail in the caller's transaction. The link leads to the page of settings, which asks for a login; it holds no secret."""
    if export.requested_by is None:
        return
    base = settings.TTSAI_PUBLIC_URL or settings.TTSAI_LOCAL_URL
    content = MailContent(
        subject=f"Your export of {export.account.name} is ready",
        paragraphs=["The archive with everything that is stored about the account can be downloaded for seven days. Then it is deleted."],
        link=("Download it in the settings", f"{base.rstrip('/')}{SETTINGS_PATH}"),
    )
    write_mail("export_ready", to=export.requested_by.email, content=content)
