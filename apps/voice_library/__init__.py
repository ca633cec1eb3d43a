"""An account's order among voices: categories that exist without voices, and favourites among built-in and own voices."""
