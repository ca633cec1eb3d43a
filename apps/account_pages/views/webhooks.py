"""Pages of webhooks: endpoints, their secrets, deliveries and replays."""

import json
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.account_pages.forms import EndpointForm, OverlapForm
from apps.account_pages.pages import add_service_error, member_page, show
from apps.core.errors import ApplicationError
from apps.teams.access import AccountRequest
from apps.webhooks.models import DeliveryState
from apps.webhooks.selectors import get_delivery, get_endpoint, list_deliveries, list_endpoints
from apps.webhooks.services.endpoints import change_endpoint, create_endpoint, rotate_secret, signing_secret
from apps.webhooks.services.outbox import count_manual_send, replay_delivery, send_test

PAGE_ROWS = 25
RECENT_ROWS = 10


@member_page("GET")
def endpoint_list(request: AccountRequest) -> HttpResponseBase:
    """Endpoints and the newest deliveries of all of them."""
    deliveries = list_deliveries(request.account).select_related("endpoint").defer("body")[:RECENT_ROWS]
    return show(request, "webhooks", {"endpoints": list_endpoints(request.account), "deliveries": deliveries, "rotation": OverlapForm()})


@member_page("GET", "POST")
def new_endpoint(request: AccountRequest) -> HttpResponseBase:
    """Form of a new endpoint; the page after it shows the secret, once."""
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint = create_endpoint(request.account, **form.cleaned_data)
        except ApplicationError as error:
            add_service_error(form, error)
        else:
            return show(request, "webhook_secret", {"endpoint": endpoint, "secret": endpoint.secret})
    return show(request, "webhook_new", {"form": form}, status=200 if not form.errors else 422)


@member_page("GET", "POST")
def one_endpoint(request: AccountRequest, uuid: UUID) -> HttpResponseBase:
    """An endpoint with its deliveries; POST changes it."""
    endpoint = get_endpoint(request.account, uuid=uuid)
    initial = {"url": endpoint.url, "description": endpoint.description, "events": endpoint.events}
    form = EndpointForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_endpoint(endpoint, **form.cleaned_data)
        except ApplicationError as error:
            add_service_error(form, error)
        else:
            return _saved(request, endpoint.uuid, "Saved.")
    page = Paginator(list_deliveries(request.account, endpoint=endpoint).defer("body"), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"endpoint": endpoint, "form": form, "rotation": OverlapForm(), "page": page, "deliveries": page.object_list}
    return show(request, "webhook", context, status=200 if not form.errors else 422)


@member_page("POST")
def switch(request: AccountRequest, uuid: UUID) -> HttpResponseBase:
    """Enable the endpoint, or disable it."""
    endpoint = change_endpoint(get_endpoint(request.account, uuid=uuid), is_enabled=request.POST.get("enabled") == "1")
    return _saved(request, uuid, "The endpoint is enabled." if endpoint.is_enabled else "The endpoint is disabled.")


@member_page("POST")
def test(request: AccountRequest, uuid: UUID) -> HttpResponseBase:
    """Send a test event, and show its delivery."""
    endpoint = get_endpoint(request.account, uuid=uuid)
    count_manual_send(endpoint)
    delivery = send_test(request.account, endpoint=endpoint)
    return HttpResponseRedirect(reverse("account_pages:delivery", args=[delivery.uuid]))


@member_page("POST")
def rotate(request: AccountRequest, uuid: UUID) -> HttpResponseBase:
    """Replace the endpoint's secret; the page shows the new one, once."""
    endpoint = get_endpoint(request.account, uuid=uuid)
    secret = rotate_secret(endpoint, overlap_seconds=_overlap(request))
    return show(request, "webhook_secret", {"endpoint": endpoint, "secret": secret, "is_rotated": True})


@member_page("POST")
def delete(request: AccountRequest, uuid: UUID) -> HttpResponseBase:
    """Remove the endpoint and its deliveries."""
    get_endpoint(request.account, uuid=uuid).delete()
    messages.success(request, "The endpoint is deleted.")
    return HttpResponseRedirect(reverse("account_pages:webhooks"))


@member_page("POST")
def default_secret(request: AccountRequest) -> HttpResponseBase:
    """Make the secret of requests with `webhook_url` anew; the page shows it, once."""
    secret = rotate_secret(signing_secret(request.account.pk), overlap_seconds=_overlap(request))
    return show(request, "webhook_secret", {"secret": secret, "is_rotated": True})


@member_page("GET")
def delivery(request: AccountRequest, uuid: UUID) -> HttpResponseBase:
    return show(request, "delivery", _shown(request, uuid))


@member_page("GET")
def delivery_state(request: AccountRequest, uuid: UUID) -> HttpResponseBase:
    """Fragment with the state and the attempts, which the page loads again while attempts follow."""
    return show(request, "delivery_state", _shown(request, uuid))


@member_page("POST")
def replay(request: AccountRequest, uuid: UUID) -> HttpResponseBase:
    """Send the same message again."""
    delivery = get_delivery(request.account, uuid=uuid)
    count_manual_send(delivery)
    replay_delivery(delivery)
    return HttpResponseRedirect(reverse("account_pages:delivery", args=[uuid]))


def _shown(request: AccountRequest, uuid: UUID) -> dict[str, object]:
    found = get_delivery(request.account, uuid=uuid)
    body = json.dumps(json.loads(found.body), indent=2, ensure_ascii=False)
    attempts = [
        {**attempt, "number": number} for number, attempt in enumerate(found.attempts, found.attempt_count - len(found.attempts) + 1)
    ]
    is_over = found.state != DeliveryState.PENDING
    return {"delivery": found, "body": body, "attempts": attempts[::-1], "is_over": is_over}


def _overlap(request: AccountRequest) -> int:
    form = OverlapForm(request.POST)
    return int(form.cleaned_data["overlap_seconds"]) if form.is_valid() else 0


def _saved(request: AccountRequest, uuid: UUID, message: str) -> HttpResponseBase:
    messages.success(request, message)
    return HttpResponseRedirect(reverse("account_pages:webhook", args=[uuid]))
