"""`{% show_announcements account %}`: the announcements that the page's user sees as a member of the account."""

from typing import Any

from django import template
from django.template import RequestContext

from apps.accounts.models import Account, User
from apps.announcements.selectors import list_announcements

register = template.Library()


@register.inclusion_tag("announcements/list.html", takes_context=True)
def show_announcements(context: RequestContext, account: Account | None = None) -> dict[str, Any]:
    """Context of the list, empty for visitors."""
    request = context.get("request")
    user = getattr(request, "user", None)
    shown = list_announcements(account or None, user=user) if isinstance(user, User) else []
    return {"announcements": shown, "csrf_token": context.get("csrf_token"), "request": request}
