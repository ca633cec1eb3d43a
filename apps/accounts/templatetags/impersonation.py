"""`{% show_impersonation %}`: the banner of an operator who looks at the site as an account, with the button that ends it."""

from typing import Any

from django import template
from django.template import RequestContext

from apps.accounts.impersonation import find_visit

register = template.Library()


@register.inclusion_tag("accounts/impersonation_banner.html", takes_context=True)
def show_impersonation(context: RequestContext) -> dict[str, Any]:
    """Context of the banner, which is empty for everybody else."""
    request = context.get("request")
    visit = find_visit(request) if request is not None and hasattr(request, "user") else None
    return {"visit": visit, "csrf_token": context.get("csrf_token")}
