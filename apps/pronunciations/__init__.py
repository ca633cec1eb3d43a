"""An account's dictionary: words that it wants said its own way."""
