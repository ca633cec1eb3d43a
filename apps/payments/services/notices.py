"""Mail about money, to the people of an account who may see it."""

import logging
from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from apps.accounts.models import Account, User
from apps.accounts.roles import PERMISSIONS, Permission

logger = logging.getLogger(__name__)


def notify_about_money(account: Account, *, subject: str, text: str) -> None:
    """Send the mail after the commit. A mail that cannot be sent is logged: the page shows the same."""
    roles = [role for role, permissions in PERMISSIONS.items() if Permission.MONEY in permissions]
    members = User.objects.filter(memberships__account=account, memberships__role__in=roles, is_active=True)
    addresses = list(members.values_list("email", flat=True))
    if addresses:
        transaction.on_commit(partial(_send, subject, f"{text}\n\nAccount: {account.name}\n", addresses))


def _send(subject: str, text: str, addresses: list[str]) -> None:
    for address in addresses:
        try:
            send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [address])
        except OSError as error:
            logger.warning("mail about a payment was not sent: %s", type(error).__name__)
