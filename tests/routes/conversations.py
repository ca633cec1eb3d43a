"""Rows of apps/conversations/urls.py."""

from apps.accounts.models import Account
from apps.conversations.models import Conversation
from tests.routes.table import Owned, row


def a_conversation(account: Account) -> Owned:
    return Owned(path={"conversation_id": Conversation.objects.create(account=account).uuid.hex})


ROWS = [
    row("voice-chat/", "POST", scope="voice:chat", owns=None, body={"text": " "}, status=400),
    row("voice-chat/<conversation_id>/", "GET", scope="voice:chat", owns=a_conversation),
    row("voice-chat/<conversation_id>/", "DELETE", scope="voice:chat", owns=a_conversation),
]
