"""Write operations: count sign-ups, open accounts of people, end sessions."""

from apps.identity.services.accounts import open_account_of, open_first_account
from apps.identity.services.sessions import end_session, forget_sessions_of, note_session
from apps.identity.services.sign_ups import count_sign_up, forget_sign_ups

__all__ = ["count_sign_up", "end_session", "forget_sessions_of", "forget_sign_ups", "note_session", "open_account_of", "open_first_account"]
