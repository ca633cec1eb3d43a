"""Messages between the platform and the workers: standard library only, JSON of plain values."""
