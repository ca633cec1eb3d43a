"""Views of the account's pages."""
