"""Text processing before synthesis: sentences, normalisation, markup."""
