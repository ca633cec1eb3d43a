"""Sessions of a person: end one, end all."""

from allauth.usersessions.models import UserSession

from apps.accounts.models import User
from apps.core.errors import NotFoundError


def end_session(user: User, *, session_id: int) -> None:
    """End one session of a person. 404 for another person's."""
    session = UserSession.objects.filter(user=user, pk=session_id).first()
    if session is None:
        raise NotFoundError("There is no such session.")
    session.end()


def forget_sessions_of(user: User) -> int:
    """End all sessions of a person; returns their number."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)
