"""The operator's admin: one module for each subject. Importing a module registers its tables."""

from apps.dashboard.admin import accounts, keys, ledger, plans, users
