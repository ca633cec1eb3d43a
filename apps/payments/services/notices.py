"""Mail about money, to the people of an account who may see it."""

from datetime import timedelta
from typing import Final

from django.conf import settings

from apps.accounts.models import Account, User
from apps.accounts.roles import PERMISSIONS, Permission
from apps.core.links import public_base_or_default
from apps.mail.services import MailContent, write_mail

LIFETIME: Final = timedelta(days=3)


def notify_about_money(account: Account, *, subject: str, text: str) -> None:
    """Put a mail into the outbox for each of them, in the caller's transaction. The billing page shows the same."""
    roles = [role for role, permissions in PERMISSIONS.items() if Permission.MONEY in permissions]
    members = User.objects.filter(memberships__account=account, memberships__role__in=roles, is_active=True)
    link = ("Open billing", f"{public_base_or_default('')}/dashboard/billing/")
    content = MailContent(
        subject=f"{subject} · {settings.TTSAI_PRODUCT_NAME}", paragraphs=text.split("\n"), link=link, facts=[("Account", account.name)]
    )
    for address in members.values_list("email", flat=True):
        write_mail("payment", to=address, content=content, lifetime=LIFETIME)
