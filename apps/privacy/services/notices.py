"""Notices: to the person who asked for an export, and to the owners of an account that is deleted."""

from typing import Final

from django.conf import settings

from apps.accounts.models import Account, Role, User
from apps.mail.services import MailContent, write_mail
from apps.privacy.models import Export

SETTINGS_PATH = "/dashboard/settings/"
DELETION: Final = "account_deleted"


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


def notify_deletion(account: Account, *, requested_by: str) -> None:
    """Write a mail to each owner in the caller's transaction: also the one whose session a thief may have used learns of it."""
    owners = User.objects.filter(memberships__account=account, memberships__role=Role.OWNER)
    who = requested_by if owners.filter(email__iexact=requested_by).exists() else "The operator"
    content = MailContent(
        subject=f"{account.name} is being deleted",
        paragraphs=[
            f"{who} asked for the deletion of the account {account.name}. It is closed, its keys are revoked, and its data is being deleted.",
            "If you did not expect this, write to the operator at once. What is deleted cannot be restored.",
        ],
    )
    for owner in owners:
        write_mail(DELETION, to=owner.email, content=content)
