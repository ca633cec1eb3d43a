"""Members of accounts: access of pages by role, invitations, changes of roles."""
