"""Reads: members, open invitations, history; an invitation by its token."""

from django.core.signing import BadSignature
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.accounts.models import Account, ApiKey, Membership, Role
from apps.accounts.roles import Permission, has_permission
from apps.accounts.selectors import digest_of
from apps.teams.models import Invitation, MemberEvent
from apps.teams.services.invitations import signer

SHOWN_EVENTS = 50
MAKERS_OF_KEYS = [role for role in Role if has_permission(role, Permission.CHANGE)]


def list_members(account: Account) -> QuerySet[Membership]:
    """Members with their persons, owners first, each with the number of live keys that they made (`key_count`)."""
    keys = ApiKey.objects.filter(account=OuterRef("account"), created_by=OuterRef("user"), revoked_at=None)
    counted = keys.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now())).order_by().values("created_by")
    members = Membership.objects.filter(account=account).select_related("user")
    return members.annotate(key_count=Coalesce(Subquery(counted.annotate(number=Count("pk")).values("number")), 0)).order_by(
        "created_at", "pk"
    )


def list_open_invitations(account: Account) -> QuerySet[Invitation]:
    """Invitations that were neither accepted nor revoked, newest first; expired ones may be sent again."""
    return Invitation.objects.filter(account=account, accepted_at=None, revoked_at=None).select_related("invited_by")


def list_orphaned_keys(account: Account) -> QuerySet[ApiKey]:
    """Live keys whose maker is no owner or developer of the account any more. Keys without a maker are the operator's."""
    makers = Membership.objects.filter(account=account, role__in=MAKERS_OF_KEYS).values("user")
    live = ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), account=account, revoked_at=None)
    members_keys = live.exclude(created_by=None).exclude(created_by__in=makers).exclude(created_by__is_staff=True)
    return members_keys.select_related("created_by").order_by("created_by__email", "pk")


def list_member_events(account: Account) -> QuerySet[MemberEvent]:
    return MemberEvent.objects.filter(account=account)[:SHOWN_EVENTS]


def find_invitation(token: str) -> Invitation | None:
    """Invitation with this token, open or not; None for a token that is not ours or was replaced by a newer one."""
    try:
        signer.unsign(token)
    except BadSignature:
        return None
    return Invitation.objects.select_related("account", "invited_by").filter(digest=digest_of(token)).first()
