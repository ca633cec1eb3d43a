"""Write operations of the cache: store, join, purge, sweep."""
