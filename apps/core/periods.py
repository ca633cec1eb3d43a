"""Periods of beat's frequent tasks. No Django here: ttsai/celery.py reads them before the apps are loaded."""

from typing import Final

DISPATCH_SECONDS: Final = 1.0
REAP_SECONDS: Final = 2.0
WEBHOOK_SECONDS: Final = 1.0
MAIL_SECONDS: Final = 5.0
STRIPE_SECONDS: Final = 15.0
