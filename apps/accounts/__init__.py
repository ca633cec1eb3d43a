"""Users, accounts and their members, plans, API keys, authentication."""
