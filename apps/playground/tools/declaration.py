"""Declaration of a tool's page: its address, its request, its fields, its limits. One declaration, one template, one script make a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework import serializers

from apps.accounts.callers import Caller
from apps.accounts.models import Plan
from apps.uploads.services import SourceLimits

SOURCE_FIELDS = frozenset({"file", "file_url", "upload_id", "webhook_url"})
"""Fields of every request with a recording: the page's recording stands for the first three, and a page waits for the result itself."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Person who looks at a page: the plan whose limits are shown, and the account if there is one."""

    plan: Plan
    """Plan of the account; without one, that of anonymous callers where it opens the page, otherwise that of a new account."""
    caller: Caller | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """Choice of a field."""

    value: str
    label: str
    group: str = ""
    sample: str = ""
    """Address of a sound by which the choice is heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolField:
    """Field of the API's request that the page offers. Type, default and bounds are those of the API's serializer."""

    name: str
    """Name in the API."""
    label: str
    hint: str = ""
    options: Callable[[Visitor], list[Option]] | None = None
    """Choices from the catalogue; otherwise those of the API, if it names them."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Words for choices of the API."""
    widget: str = ""
    """Template `playground/tools/fields/<widget>.html`; chosen by the type unless given."""
    placeholder: str = ""
    initial: Any = None
    """First value of the page, where it differs from the API's default."""
    is_advanced: bool = False
    """True for a field that most people leave as it is."""
    is_offered: Callable[[Visitor], bool] = field(default=lambda visitor: True)  # noqa: ARG005 - the protocol
    """False where nothing installed does what the field asks for."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Recording that a visitor may try at once: `playground/samples/<name>.mp3`."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Rate:
    """Price of the tool: a service of apps/billing, or a model's price for characters."""

    service: str
    unit: str
    """Words after the number: `a minute of audio`."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRequest:
    """Request to the API that a page sends."""

    endpoint: str
    """Path below `/v1/`."""
    service: str = ""
    """Kind of job, by which a plan opens the request to visitors without an account (Plan.anonymous_services); empty where none may."""
    serializer: type[serializers.Serializer[Any]]
    fields: tuple[ToolField, ...] = ()
    left_out: frozenset[str] = frozenset()
    """Fields of the API that the page does not offer, beside SOURCE_FIELDS."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Fields that the page always sends so."""
    file_field: str = "file"
    action: str
    """Label of the button that starts the work."""
    title: str = ""
    """Name of the request on a page with several."""
    hint: str = ""
    is_json: bool = False
    """True if the API answers with JSON, False for a file."""
    result_name: str = ""
    """File name of the answer in the shown request; empty for JSON. An empty extension is that of the recording."""

    @property
    def takes_uploads(self) -> bool:
        """True if the request takes a file that was sent in advance."""
        return "upload_id" in self.serializer().fields

    @property
    def name(self) -> str:
        """Name in the page's markup."""
        return self.endpoint.strip("/").replace("/", "-")


def always_possible(plan: Plan) -> str:  # noqa: ARG001 - the protocol
    """Obstacle of a tool that needs no model: none."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPage:
    """Page of one tool. What is not here is derived from the API's own declarations."""

    slug: str
    """Its address: `/<slug>/`."""
    title: str
    lead: str
    """One sentence below the title, which is the page's description for search engines too."""
    requests: tuple[ToolRequest, ...]
    limits: SourceLimits
    scope: str
    """Scope that a member's role needs."""
    rates: tuple[Rate, ...]
    gives: tuple[str, ...]
    """Parts of the result for the empty state: a few words each."""
    samples: tuple[Sample, ...] = ()
    has_example: bool = False
    """True if the first sample's result is stored beside it (tools/playground_examples.py): visitors see it who may not use the tool themselves."""
    example_fields: Mapping[str, str] = field(default_factory=dict)
    """Fields of that request beside the page's first values."""
    find_obstacle: Callable[[Plan], str] = always_possible
    """Reason why nothing installed can do the work, one sentence; empty if something can."""
    details: Callable[[Visitor], Mapping[str, Any]] = field(default=lambda visitor: {})  # noqa: ARG005 - the protocol
    """More context of the page's template."""

    def is_open_to_visitors(self, plan: Plan) -> bool:
        """True if the plan of anonymous callers has every service of the page."""
        return all(request.service in plan.anonymous_services for request in self.requests)

    @property
    def name(self) -> str:
        return self.slug.replace("-", "_")

    @property
    def template(self) -> str:
        return f"playground/tools/{self.name}.html"

    @property
    def script(self) -> str:
        return f"playground/js/tools/pages/{self.name}.js"
