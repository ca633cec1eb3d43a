"""Write operations: erase an account."""

from apps.privacy.services.erasure import continue_erasures, erase_account, request_erasure

__all__ = ["continue_erasures", "erase_account", "request_erasure"]
