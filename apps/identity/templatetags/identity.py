"""Tags of the pages that show django-allauth's forms."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from django import template
from django.forms import BaseForm

from apps.accounts.models import User
from apps.identity.adapters import SESSION_MAIL
from apps.mail.models import OutgoingMail

register = template.Library()

INPUT_CLASS, SELECT_CLASS = "input", "select"


@register.simple_tag
def styled(form: BaseForm | None) -> str:
    """Give the widgets of the form the classes of the design, write labels in lower case like the product's own, and drop placeholders, which repeat them."""
    for field in form.fields.values() if form is not None else ():
        attributes = field.widget.attrs
        attributes.pop("placeholder", None)
        if field.label:
            field.label = str(field.label).replace(" Password", " password").replace("Recipient", "Email address")
        kind = getattr(field.widget, "input_type", "")
        css_class = SELECT_CLASS if kind == "select" else INPUT_CLASS
        if kind not in {"checkbox", "radio", "hidden"} and css_class not in attributes.get("class", "").split():
            attributes["class"] = f"{attributes.get('class', '')} {css_class}".strip()
    return ""


@register.simple_tag
def second_factors(user: User) -> set[str]:
    """Kinds of the second factors that the person has: totp, webauthn, recovery_codes."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))


@register.simple_tag(takes_context=True)
def last_mail(context: Any) -> OutgoingMail | None:
    """The last mail that this session caused."""
    number = context["request"].session.get(SESSION_MAIL)
    return OutgoingMail.objects.filter(pk=number).first() if number else None


@register.simple_tag(takes_context=True)
def social_providers(context: Any) -> list[Any]:
    """Providers of social login that the operator set up."""
    return list(get_adapter().list_providers(context["request"]))
