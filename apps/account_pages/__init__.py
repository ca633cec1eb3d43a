"""Pages of an account: its keys, webhooks, data and deletion."""
