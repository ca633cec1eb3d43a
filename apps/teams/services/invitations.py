"""Invitations: make, send again, revoke."""

import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import Signer
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.accounts.models import Membership, Role
from apps.accounts.roles import ROLE_DESCRIPTIONS
from apps.accounts.selectors import digest_of
from apps.core.errors import ConflictError, InvalidRequestError, NotFoundError, TooManyRequestsError
from apps.mail.addresses import is_deliverable
from apps.mail.services import MailContent, write_mail
from apps.teams.models import Invitation, MemberEvent
from apps.teams.services.history import record_member_event
from apps.teams.services.locking import lock_as_owner

LIFETIME: Final = timedelta(days=7)
OPEN_INVITATIONS: Final = 50
"""Most open invitations of an account, and a bound on the mails that it sends to strangers."""
INVITATIONS_PER_DAY: Final = 50
MAIL_EVERY: Final = timedelta(minutes=1)
"""Shortest time between two mails of one invitation."""
MAILS_PER_DAY: Final = 4
"""Most mails of an account to one recipient in a day: the first one and three more, by whatever way."""
NAME_LENGTH: Final = 60
"""Most characters of a name in a mail."""
ADDRESS_IN_NAME: Final = re.compile(r"://|(?<![@\w.-])(?:[\w-]+\.)+[a-z]{2,}(?![\w.-]*@)\b", re.IGNORECASE)
"""Address of a page in a name, which mail programs would turn into a link. Addresses of mailboxes are none."""
SENT: Final = frozenset({"invited", "sent the invitation again"})
"""Entries of the history that stand for a mail."""
MEMBERS_LIMIT: Final = 200
KEPT_DAYS: Final = 30

signer: Final = Signer(salt="teams.invitation")


def invite_person(caller: Caller, *, email: str, role: str, link_base: str) -> Invitation:
    """Invite an address and send the mail. An open invitation of the same address is replaced. Raises 400, 403, 409 or 429."""
    email, role = _checked_address(email), _checked_role(role)
    now = timezone.now()
    with transaction.atomic():
        account, person = lock_as_owner(caller)
        if Membership.objects.filter(account=account, user__email=email).exists():
            raise ConflictError(f"{email} is a member already.", code="already_a_member", param="email")
        ours = Invitation.objects.filter(account=account)
        before = ours.filter(email__iexact=email, accepted_at=None, revoked_at=None).first()
        if before is not None and before.expires_at > now and now - before.sent_at < MAIL_EVERY:
            raise TooManyRequestsError(f"{email} was invited a moment ago. Wait a minute before you send another mail.", code="just_sent")
        _check_room(caller)
        _check_mails(caller, email)
        ours.filter(email__iexact=email, accepted_at=None, revoked_at=None).update(revoked_at=now)
        token = _new_token()
        invitation = Invitation.objects.create(
            account=account, email=email, role=role, digest=digest_of(token), invited_by=person, sent_at=now, expires_at=now + LIFETIME
        )
        record_member_event(account, actor=person.email, action="invited", subject=email, detail=f"as {role}")
        _send(invitation, token=token, inviter=person.name or person.email, link_base=link_base)
    return invitation


def resend_invitation(caller: Caller, *, invitation_id: int, link_base: str) -> Invitation:
    """Send the mail again with a new token, which ends the one before, and begin its lifetime anew. Raises 404 or 429."""
    now = timezone.now()
    with transaction.atomic():
        account, person = lock_as_owner(caller)
        invitation = _get_open(caller, invitation_id)
        if now - invitation.sent_at < MAIL_EVERY:
            raise TooManyRequestsError("The mail was sent a moment ago. Wait a minute before you send another one.", code="just_sent")
        _check_mails(caller, invitation.email)
        token = _new_token()
        invitation.digest, invitation.sent_at, invitation.expires_at = digest_of(token), now, now + LIFETIME
        invitation.save(update_fields=["digest", "sent_at", "expires_at"])
        record_member_event(account, actor=person.email, action="sent the invitation again", subject=invitation.email)
        _send(invitation, token=token, inviter=person.name or person.email, link_base=link_base)
    return invitation


def revoke_invitation(caller: Caller, *, invitation_id: int) -> None:
    """Revoke an open invitation: its link ends at once. Raises 404."""
    with transaction.atomic():
        account, person = lock_as_owner(caller)
        invitation = _get_open(caller, invitation_id)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record_member_event(account, actor=person.email, action="revoked the invitation", subject=invitation.email)


def forget_invitations(*, now: datetime | None = None) -> int:
    """Delete invitations that ended long ago, which name addresses; returns their number."""
    deleted, _ = Invitation.objects.filter(expires_at__lt=(now or timezone.now()) - timedelta(days=KEPT_DAYS)).delete()
    return deleted


def _get_open(caller: Caller, invitation_id: int) -> Invitation:
    found = Invitation.objects.filter(account=caller.required_account, pk=invitation_id, accepted_at=None, revoked_at=None).first()
    if found is None:
        raise NotFoundError("There is no such open invitation in this account.")
    return found


def _new_token() -> str:
    """256 random bits, signed, so that a guess never reaches the database."""
    return signer.sign(secrets.token_urlsafe(32))


def _checked_address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidRequestError(f"{email[:100]!r} is no email address.", param="email") from error
    if not is_deliverable(email):
        raise InvalidRequestError(f"No mail can be sent to {email[:100]!r}: its domain is not valid.", param="email")
    return email


def _checked_role(role: str) -> str:
    if role not in Role.values:
        raise InvalidRequestError(f"There is no role {role[:50]!r}. Roles are {', '.join(Role.values)}.", param="role")
    return role


def _check_room(caller: Caller) -> None:
    account, now = caller.required_account, timezone.now()
    ours = Invitation.objects.filter(account=account)
    if ours.filter(accepted_at=None, revoked_at=None, expires_at__gt=now).count() >= OPEN_INVITATIONS:
        raise ConflictError(f"An account has at most {OPEN_INVITATIONS} open invitations: revoke one first.", code="too_many_invitations")
    if ours.filter(created_at__gt=now - timedelta(days=1)).count() >= INVITATIONS_PER_DAY:
        raise TooManyRequestsError(f"An account invites at most {INVITATIONS_PER_DAY} people a day. Invite more tomorrow.")
    if Membership.objects.filter(account=account).count() >= MEMBERS_LIMIT:
        raise ConflictError(f"An account has at most {MEMBERS_LIMIT} members.", code="too_many_members")


def _check_mails(caller: Caller, email: str) -> None:
    """Raise 429 beyond MAILS_PER_DAY, which the history counts: withdrawn invitations count too."""
    sent = MemberEvent.objects.filter(account=caller.required_account, action__in=SENT, subject__iexact=email)
    if sent.filter(created_at__gt=timezone.now() - timedelta(days=1)).count() >= MAILS_PER_DAY:
        raise TooManyRequestsError(f"{email} got {MAILS_PER_DAY} mails today. Try again tomorrow.", code="too_many_mails")


def _in_mail(name: str, *, otherwise: str) -> str:
    """The name as a mail to a stranger may hold it: short, and without the address of a page, which would be an advertisement."""
    if ADDRESS_IN_NAME.search(name):
        return otherwise
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1].rstrip()}…"


def _send(invitation: Invitation, *, token: str, inviter: str, link_base: str) -> None:
    product, account = settings.TTSAI_PRODUCT_NAME, _in_mail(invitation.account.name, otherwise="an account")
    inviter = _in_mail(inviter, otherwise="A member")
    content = MailContent(
        subject=f"{inviter} invited you to {account}",
        paragraphs=[
            f"{inviter} invited you to {account} at {product}, as {invitation.role}. {ROLE_DESCRIPTIONS[Role(invitation.role)]}",
            f"The invitation is for {invitation.email} and ends on {invitation.expires_at:%-d %b %Y}. If you do not expect it, you need not do anything.",
        ],
        link=("See the invitation", f"{link_base}/invitations/{token}/"),
    )
    write_mail("teams/invitation", to=invitation.email, content=content, lifetime=LIFETIME)
