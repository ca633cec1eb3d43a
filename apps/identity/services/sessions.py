"""Sessions of a person: note the one of a request, end one, end all."""

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from apps.accounts.models import User
from apps.core.errors import NotFoundError


def note_session(request: HttpRequest) -> None:
    """Put the session of the request into the list of its person, if its login did not: django-allauth notes its own logins only."""
    if not UserSession.objects.filter(session_key=request.session.session_key).exists():
        UserSession.objects.create_from_request(request)


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
