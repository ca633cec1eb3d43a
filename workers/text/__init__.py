"""Text before it is spoken: sentences, normalisation, markup."""
