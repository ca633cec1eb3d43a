"""Voices of accounts: enrolled from recordings of a speaker, with consent, kept by name or as embeds."""
