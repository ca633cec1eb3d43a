"""Write operations: accounts and users, keys, daily use of anonymous callers."""

from apps.accounts.services.accounts import close_account, reactivate_account, register_account, rename_account, suspend_account
from apps.accounts.services.anonymous import count_anonymous_audio, count_anonymous_characters, forget_anonymous_use
from apps.accounts.services.delegation import change_key_for, create_key_for, rotate_key_for
from apps.accounts.services.keys import change_key, change_key_rights, create_key, revoke_key, rotate_key
from apps.accounts.services.plans import change_plan, exclude_model, load_starting_plans, make_default_plan

__all__ = [
    "change_key",
    "change_key_for",
    "change_key_rights",
    "change_plan",
    "close_account",
    "count_anonymous_audio",
    "count_anonymous_characters",
    "create_key",
    "create_key_for",
    "exclude_model",
    "forget_anonymous_use",
    "load_starting_plans",
    "make_default_plan",
    "reactivate_account",
    "register_account",
    "rename_account",
    "revoke_key",
    "rotate_key",
    "rotate_key_for",
    "suspend_account",
]
